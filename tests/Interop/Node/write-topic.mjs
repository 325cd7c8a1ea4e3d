// write-topic.mjs BOOTSTRAP REGISTRY TOPIC KEY_FIELD: writes the JSON lines of stdin to a topic by the latest schema of its subject.
import { createInterface } from 'node:readline'
import avro from 'avsc'
import kafkajs from 'kafkajs'
import { Registry, encode } from './registry.mjs'

const [bootstrap, url, topic, keyField] = process.argv.slice(2)
const registry = new Registry(url)
const schema = await registry.latest(topic + '-value')
const id = await registry.register(topic + '-value', schema)
const type = avro.Type.forSchema(JSON.parse(schema))

const messages = []
for await (const line of createInterface({ input: process.stdin })) {
  const value = JSON.parse(line)
  messages.push({ key: value[keyField], value: encode(id, type, value) })
}

const { Kafka, Partitioners, logLevel } = kafkajs
const producer = new Kafka({ clientId: 'interop', brokers: [bootstrap], logLevel: logLevel.WARN })
  .producer({ createPartitioner: Partitioners.DefaultPartitioner })
await producer.connect()
await producer.send({ topic, acks: -1, messages })
await producer.disconnect()
console.log(messages.length)
