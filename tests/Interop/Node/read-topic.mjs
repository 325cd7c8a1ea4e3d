// read-topic.mjs BOOTSTRAP REGISTRY TOPIC COUNT: prints COUNT records of a topic as JSON lines, read as a consumer group.
import kafkajs from 'kafkajs'
import lz4 from 'lz4js'
import { Registry } from './registry.mjs'

const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = kafkajs

// kafkajs brings gzip only; our producers write LZ4.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async encoder => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(lz4.decompress(buffer)),
})

const [bootstrap, url, topic, count] = process.argv.slice(2)
const registry = new Registry(url)
const consumer = new Kafka({ clientId: 'interop', brokers: [bootstrap], logLevel: logLevel.WARN }).consumer({ groupId: 'node-' + topic })
let left = Number(count)

await new Promise(async (done, failed) => {
  setTimeout(() => failed(new Error(`${left} records did not come within a minute`)), 60_000).unref()
  consumer.on(consumer.events.CRASH, crash => failed(crash.payload.error))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      if (left === 0) return
      const value = await registry.decode(message.value)
      process.stdout.write(JSON.stringify({ partition, offset: Number(message.offset), key: message.key.toString(), value }) + '\n')
      if (--left === 0) done()
    },
  })
})
await consumer.disconnect()
