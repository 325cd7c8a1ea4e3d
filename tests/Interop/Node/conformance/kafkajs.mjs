// kafkajs BOOTSTRAP FEATURE: npm's kafkajs against a broker.
import assert from 'node:assert/strict'
import kafkajs from 'kafkajs'
import { bootstrap, eventually, newName, refusal, run } from './run.mjs'

const { CompressionTypes, ConfigResourceTypes, Kafka, Partitioners, logLevel } = kafkajs
const kafka = new Kafka({ clientId: 'conformance', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 3 } })

async function withAdmin(action) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await action(admin)
  } finally {
    await admin.disconnect()
  }
}

async function newTopic(numPartitions = 1) {
  const topic = newName('kafkajs')
  assert.equal(await withAdmin(admin => admin.createTopics({ topics: [{ topic, numPartitions }] })), true)
  return topic
}

async function withProducer(options, action) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...options })
  await producer.connect()
  try {
    return await action(producer)
  } finally {
    await producer.disconnect()
  }
}

const numbers = (from, to) => Array.from({ length: to - from }, (_, i) => ({ key: `k${from + i}`, value: `v${from + i}` }))

/** Reads in a group until an answer is found in what was read. */
async function read(topic, { groupId = newName('group'), until, onConsumer, ...options }) {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, ...options })
  const messages = []
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ partition, message }) => void messages.push({ ...message, partition }) })
    onConsumer?.(consumer)
    await eventually('everything is read', () => until(messages))
    return messages
  } finally {
    await consumer.disconnect()
  }
}

const values = messages => messages.map(message => message.value?.toString())
const atLeast = count => messages => messages.length >= count

async function roundTrip(compression) {
  const topic = await newTopic()
  await withProducer({}, producer => producer.send({ topic, compression, messages: numbers(0, 100) }))
  assert.deepEqual(values(await read(topic, { until: atLeast(100) })), numbers(0, 100).map(each => each.value))
}

const committed = async (topic, groupId) =>
  withAdmin(async admin => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0].partitions.map(each => each.offset).join())

await run({
  none: () => roundTrip(CompressionTypes.None),
  gzip: () => roundTrip(CompressionTypes.GZIP),

  async headers() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ topic, messages: [{ key: 'k', value: 'v', headers: { a: '1', b: Buffer.from([0, 255]) } }] }))
    const [message] = await read(topic, { until: atLeast(1) })
    assert.equal(message.key.toString(), 'k')
    assert.equal(message.headers.a.toString(), '1')
    assert.deepEqual(message.headers.b, Buffer.from([0, 255]))
  },

  async tombstones() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ topic, messages: [{ key: 'k', value: null }, { key: null, value: '' }] }))
    const [first, second] = await read(topic, { until: atLeast(2) })
    assert.equal(first.value, null)
    assert.deepEqual([second.key, second.value.length], [null, 0])
  },

  async large() {
    const topic = await newTopic()
    const value = Buffer.alloc(900_000, 'x')
    await withProducer({}, producer => producer.send({ topic, messages: [{ value }] }))
    assert.ok((await read(topic, { until: atLeast(1) }))[0].value.equals(value))
  },

  async 'auto-create'() {
    const topic = newName('kafkajs')
    await withProducer({ allowAutoTopicCreation: true }, producer => producer.send({ topic, messages: numbers(0, 1) }))
    assert.equal((await read(topic, { until: atLeast(1) })).length, 1)
  },

  async idempotence() {
    const topic = await newTopic()
    await withProducer({ idempotent: true }, async producer => {
      for (let i = 0; i < 50; i++) await producer.send({ topic, messages: numbers(i, i + 1) })
    })
    assert.deepEqual(values(await read(topic, { until: atLeast(50) })), numbers(0, 50).map(each => each.value))
  },

  async commit() {
    const topic = await newTopic(3)
    await withProducer({ transactionalId: newName('txn'), idempotent: true, maxInFlightRequests: 1 }, async producer => {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: numbers(0, 30) })
      await transaction.commit()
    })
    assert.equal((await read(topic, { until: atLeast(30) })).length, 30)
  },

  async abort() {
    const topic = await newTopic()
    await withProducer({ transactionalId: newName('txn'), idempotent: true, maxInFlightRequests: 1 }, async producer => {
      const aborted = await producer.transaction()
      await aborted.send({ topic, messages: numbers(0, 10) })
      await aborted.abort()
      const committed = await producer.transaction()
      await committed.send({ topic, messages: numbers(10, 20) })
      await committed.commit()
    })
    assert.deepEqual(values(await read(topic, { until: atLeast(10) })), numbers(10, 20).map(each => each.value))
    assert.equal((await read(topic, { readUncommitted: true, until: atLeast(20) })).length, 20)
  },

  async 'transaction-offsets'() {
    const topic = await newTopic()
    const consumerGroupId = newName('group')
    await withProducer({ transactionalId: newName('txn'), idempotent: true, maxInFlightRequests: 1 }, async producer => {
      for (const [offset, end] of [['5', 'commit'], ['9', 'abort']]) {
        const transaction = await producer.transaction()
        await transaction.send({ topic, messages: numbers(0, 1) })
        await transaction.sendOffsets({ consumerGroupId, topics: [{ topic, partitions: [{ partition: 0, offset }] }] })
        await transaction[end]()
      }
    })
    assert.equal(await committed(topic, consumerGroupId), '5')
  },

  async fencing() {
    const topic = await newTopic()
    const options = { transactionalId: newName('txn'), idempotent: true, maxInFlightRequests: 1 }
    await withProducer(options, async zombie => {
      const old = await zombie.transaction()
      await old.send({ topic, messages: numbers(0, 1) })
      await withProducer(options, async producer => {
        const transaction = await producer.transaction()
        await transaction.send({ topic, messages: numbers(1, 2) })
        await transaction.commit()
      })
      await refusal(async () => {
        await old.send({ topic, messages: numbers(2, 3) })
        await old.commit()
      })
    })
    assert.deepEqual(values(await read(topic, { until: atLeast(1) })), ['v1'])
  },

  async group() {
    const topic = await newTopic()
    const groupId = newName('group')
    await withProducer({}, producer => producer.send({ topic, messages: numbers(0, 10) }))
    await read(topic, { groupId, until: atLeast(10) })
    assert.equal(await committed(topic, groupId), '10')
    await withProducer({}, producer => producer.send({ topic, messages: numbers(10, 15) }))
    assert.deepEqual(values(await read(topic, { groupId, until: atLeast(5) })), numbers(10, 15).map(each => each.value))
  },

  async eager() {
    const topic = await newTopic(4)
    const groupId = newName('group')
    const consumers = Array.from({ length: 3 }, () => kafka.consumer({ groupId, sessionTimeout: 6000, rebalanceTimeout: 10000, heartbeatInterval: 500 }))
    const owned = new Map()
    for (const consumer of consumers) {
      consumer.on(consumer.events.GROUP_JOIN, join => owned.set(consumer, join.payload.memberAssignment[topic]?.length ?? 0))
      await consumer.connect()
      await consumer.subscribe({ topic })
      await consumer.run({ eachMessage: async () => {} })
    }
    const shares = () => consumers.map(consumer => owned.get(consumer) ?? 0).sort().join()
    await eventually('three share four', () => shares() === '1,1,2')
    await consumers[0].disconnect()
    owned.delete(consumers[0])
    await eventually('two share four', () => shares() === '0,2,2')
    await Promise.all(consumers.slice(1).map(consumer => consumer.disconnect()))
  },

  async seek() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ topic, messages: numbers(0, 10) }))
    const messages = await read(topic, {
      onConsumer: consumer => consumer.seek({ topic, partition: 0, offset: '7' }),
      until: messages => messages.some(message => message.offset === '9'),
    })
    assert.deepEqual(values(messages).slice(-3), ['v7', 'v8', 'v9'])
  },

  async pause() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ topic, messages: numbers(0, 5) }))
    let consumer
    let step = 'reading'
    await read(topic, {
      onConsumer: made => void (consumer = made),
      until: async messages => {
        if (step === 'reading' && messages.length === 5) {
          consumer.pause([{ topic }])
          await withProducer({}, producer => producer.send({ topic, messages: numbers(5, 6) }))
          step = 'paused'
          setTimeout(() => {
            assert.equal(messages.length, 5)
            step = 'resumed'
            consumer.resume([{ topic }])
          }, 1000)
        }
        return step === 'resumed' && messages.length === 6
      },
    })
  },

  async times() {
    const topic = await newTopic()
    const first = Date.now() - 200_000 // recent: retention deletes what is older than a week
    const messages = numbers(0, 10).map((each, i) => ({ ...each, timestamp: `${first + i * 1000}` }))
    await withProducer({}, producer => producer.send({ topic, messages }))
    await withAdmin(async admin => {
      assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp(topic, first + 3500), [{ partition: 0, offset: '4' }])
      assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp(topic, first + 100_000), [{ partition: 0, offset: '10' }])
    })
  },

  async topics() {
    const topic = await newTopic(3)
    await withAdmin(async admin => {
      assert.equal(await admin.createTopics({ topics: [{ topic }] }), false)
      assert.equal((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length, 3)
      await admin.deleteTopics({ topics: [topic] })
      await eventually('it is gone', async () => !(await admin.listTopics()).includes(topic))
    })
  },

  async partitions() {
    const topic = await newTopic(1)
    await withAdmin(async admin => {
      await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] })
      assert.equal((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length, 4)
    })
  },

  async configs() {
    const topic = await newTopic()
    await withAdmin(async admin => {
      const resource = { type: ConfigResourceTypes.TOPIC, name: topic }
      await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }] })
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ ...resource, configNames: ['cleanup.policy'] }] })
      assert.equal(resources[0].configEntries.find(entry => entry.configName === 'cleanup.policy').configValue, 'compact')
    })
  },

  async 'delete-records'() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ topic, messages: numbers(0, 10) }))
    await withAdmin(async admin => {
      await admin.fetchTopicMetadata({ topics: [topic] })
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] })
      assert.equal((await admin.fetchTopicOffsets(topic))[0].low, '6')
    })
    assert.deepEqual(values(await read(topic, { until: atLeast(4) })), ['v6', 'v7', 'v8', 'v9'])
  },

  async groups() {
    const topic = await newTopic()
    const groupId = newName('group')
    await withProducer({}, producer => producer.send({ topic, messages: numbers(0, 1) }))
    await read(topic, { groupId, until: atLeast(1) })
    await withAdmin(async admin => {
      assert.ok((await admin.listGroups()).groups.some(group => group.groupId === groupId && group.protocolType === 'consumer'))
      assert.equal((await admin.describeGroups([groupId])).groups[0].state, 'Empty')
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] })
      assert.equal(await committed(topic, groupId), '0')
      await admin.deleteGroups([groupId])
      assert.ok(!(await admin.listGroups()).groups.some(group => group.groupId === groupId))
    })
  },

  async 'list-offsets'() {
    const topic = await newTopic(2)
    await withProducer({}, producer => producer.send({ topic, messages: [{ partition: 1, value: 'v' }] }))
    const offsets = await withAdmin(admin => admin.fetchTopicOffsets(topic))
    assert.deepEqual(offsets.map(each => [each.partition, each.low, each.high]).sort(), [[0, '0', '0'], [1, '0', '1']])
  },

  async cluster() {
    const { brokers, controller, clusterId } = await withAdmin(admin => admin.describeCluster())
    assert.equal(`${brokers[0].host}:${brokers[0].port}`, bootstrap)
    assert.equal(controller, brokers[0].nodeId)
    assert.ok(clusterId)
  },

  async 'refused-acls'() {
    await withAdmin(async admin => {
      const filter = { resourceType: 2, resourceName: 't', resourcePatternType: 3, principal: 'User:x', host: '*', operation: 3, permissionType: 3 }
      const error = await refusal(() => admin.describeAcls(filter))
      assert.match(error.message, /ersion|not support|security/i)
    })
  },
})
