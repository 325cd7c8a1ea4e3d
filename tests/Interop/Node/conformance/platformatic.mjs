// platformatic BOOTSTRAP FEATURE: npm's @platformatic/kafka against a broker.
import assert from 'node:assert/strict'
import { bootstrap, eventually, newName, refusal, run, saidBy } from './run.mjs'

// It calls this one member that node has from version 22 on.
Promise.withResolvers ??= () => {
  const made = {}
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }))
  return made
}
const { Admin, Consumer, Producer, stringDeserializers, stringSerializers } = await import('@platformatic/kafka')

const common = { clientId: 'conformance', bootstrapBrokers: [bootstrap], retries: 3, retryDelay: 200, timeout: 10_000 }
const isolation = { uncommitted: 0, committed: 1 }

async function withClient(Client, options, action) {
  const client = new Client({ ...common, ...options })
  try {
    return await action(client)
  } finally {
    await (Client === Admin ? client.close() : client.close(true))
  }
}

const withAdmin = action => withClient(Admin, {}, action)
const withProducer = (options, action) => withClient(Producer, { serializers: stringSerializers, ...options }, action)

async function newTopic(partitions = 1) {
  const topic = newName('platformatic')
  const [made] = await withAdmin(admin => admin.createTopics({ topics: [topic], partitions, replicas: 1 }))
  assert.equal(made.name, topic)
  return topic
}

const numbers = (topic, from, to) => Array.from({ length: to - from }, (_, i) => ({ topic, key: `k${from + i}`, value: `v${from + i}` }))
const named = (from, to) => numbers('', from, to).map(each => each.value)
const values = messages => messages.map(message => message.value)

/** Reads a number of records in a group. */
async function read(topic, count, { groupId = newName('group'), mode = 'earliest', then, ...options } = {}) {
  return withClient(Consumer, { groupId, deserializers: stringDeserializers, maxWaitTime: 100, sessionTimeout: 6000, rebalanceTimeout: 6000, heartbeatInterval: 500, ...options }, async consumer => {
    const stream = await consumer.consume({ topics: [topic], mode, fallbackMode: 'earliest', autocommit: false, isolationLevel: isolation.committed, ...options })
    const messages = []
    stream.on('data', message => messages.push(message))
    const failed = new Promise((_, reject) => stream.once('error', reject))
    await Promise.race([failed, eventually(`${count} records are read`, () => messages.length >= count)])
    await then?.(messages, consumer)
    return messages
  })
}

async function roundTrip(compression) {
  const topic = await newTopic()
  await withProducer({ compression }, producer => producer.send({ messages: numbers(topic, 0, 100) }))
  assert.deepEqual(values(await read(topic, 100)), named(0, 100))
}

const committed = async (topic, groupId) => withAdmin(async admin => {
  const [group] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
  return group.topics.find(each => each.name === topic).partitions[0].committedOffset
})

await run({
  none: () => roundTrip('none'),
  gzip: () => roundTrip('gzip'),
  snappy: () => roundTrip('snappy'),
  lz4: () => roundTrip('lz4'),

  async headers() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ messages: [{ topic, key: 'k', value: 'v', headers: { a: '1' } }] }))
    const [message] = await read(topic, 1)
    assert.deepEqual([message.key, message.value, message.headers.get('a')], ['k', 'v', '1'])
  },

  async tombstones() {
    const topic = await newTopic()
    await withProducer({ serializers: undefined }, producer => producer.send({ messages: [{ topic, key: Buffer.from('k'), value: null }] }))
    const [message] = await read(topic, 1, { deserializers: undefined })
    assert.equal(message.key.toString(), 'k')
    assert.ok(message.value === null || message.value === undefined)
  },

  async large() {
    const topic = await newTopic()
    const value = 'x'.repeat(900_000)
    await withProducer({}, producer => producer.send({ messages: [{ topic, value }] }))
    assert.equal((await read(topic, 1))[0].value, value)
  },

  async 'auto-create'() {
    const topic = newName('platformatic')
    await withProducer({ autocreateTopics: true }, producer => producer.send({ messages: numbers(topic, 0, 1) }))
    assert.equal((await read(topic, 1)).length, 1)
  },

  async idempotence() {
    const topic = await newTopic()
    await withProducer({ idempotent: true }, async producer => {
      for (let i = 0; i < 50; i++) await producer.send({ messages: numbers(topic, i, i + 1), acks: -1 })
    })
    assert.deepEqual(values(await read(topic, 50)), named(0, 50))
  },

  async commit() {
    const topic = await newTopic(3)
    await withProducer({ idempotent: true, transactionalId: newName('txn') }, async producer => {
      const transaction = await producer.beginTransaction()
      await transaction.send({ messages: numbers(topic, 0, 30) })
      await transaction.commit()
    })
    assert.equal((await read(topic, 30)).length, 30)
  },

  async abort() {
    const topic = await newTopic()
    await withProducer({ idempotent: true, transactionalId: newName('txn') }, async producer => {
      for (const [from, end] of [[0, 'abort'], [10, 'commit']]) {
        const transaction = await producer.beginTransaction()
        await transaction.send({ messages: numbers(topic, from, from + 10) })
        await transaction[end]()
      }
    })
    assert.equal((await read(topic, 20, { isolationLevel: isolation.uncommitted })).length, 20)
    assert.deepEqual(values(await read(topic, 10)), named(10, 20))
  },

  async 'transaction-offsets'() {
    const topic = await newTopic()
    const groupId = newName('group')
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 0, 5) }))
    await read(topic, 5, {
      groupId,
      then: (messages, consumer) => withProducer({ idempotent: true, transactionalId: newName('txn') }, async producer => {
        for (const [message, end] of [[messages[2], 'commit'], [messages[4], 'abort']]) {
          const transaction = await producer.beginTransaction()
          await transaction.addConsumer(consumer)
          await transaction.addOffset(message)
          await transaction[end]()
        }
      }),
    })
    assert.ok([2n, 3n].includes(await committed(topic, groupId)), 'the offset of the committed transaction, not of the aborted one')
  },

  async group() {
    const topic = await newTopic()
    const groupId = newName('group')
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 0, 10) }))
    await read(topic, 10, { groupId, mode: 'committed', then: messages => messages[9].commit() })
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 10, 15) }))
    assert.deepEqual(values(await read(topic, 5, { groupId, mode: 'committed' })), named(10, 15))
  },

  async eager() {
    const topic = await newTopic(4)
    const groupId = newName('group')
    const options = { ...common, groupId, sessionTimeout: 6000, rebalanceTimeout: 6000, heartbeatInterval: 300, maxWaitTime: 100 }
    const consumers = Array.from({ length: 2 }, () => new Consumer(options))
    for (const consumer of consumers) {
      const stream = await consumer.consume({ topics: [topic], mode: 'latest' })
      stream.on('data', () => {})
    }
    const shares = () => consumers.map(consumer => consumer.assignments?.find(each => each.topic === topic)?.partitions.length ?? 0).sort().join()
    await eventually('two share four', () => shares() === '2,2')
    await consumers[0].close(true)
    await eventually('one has four', () => consumers[1].assignments?.find(each => each.topic === topic)?.partitions.length === 4)
    await consumers[1].close(true)
  },

  async static() {
    const topic = await newTopic(2)
    const groupId = newName('group')
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 0, 1) }))
    await read(topic, 1, { groupId, groupInstanceId: 'one', then: (_, consumer) => assert.equal(consumer.groupInstanceId, 'one') })
  },

  async seek() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 0, 10) }))
    const messages = await read(topic, 3, { mode: 'manual', offsets: [{ topic, partition: 0, offset: 7n }] })
    assert.deepEqual(values(messages), named(7, 10))
  },

  async times() {
    const topic = await newTopic()
    const first = BigInt(Date.now() - 200_000) // recent: retention deletes what is older than a week
    const messages = numbers(topic, 0, 10).map((each, i) => ({ ...each, timestamp: first + BigInt(i) * 1000n }))
    await withProducer({}, producer => producer.send({ messages }))
    await withClient(Consumer, { groupId: newName('group') }, async consumer => {
      const offsets = await consumer.listOffsets({ topics: [topic], timestamp: first + 3500n })
      assert.deepEqual(offsets.get(topic), [4n])
    })
  },

  async topics() {
    const topic = await newTopic(3)
    await withAdmin(async admin => {
      assert.match(saidBy(await refusal(() => admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 }))), /exists/i)
      assert.equal((await admin.metadata({ topics: [topic] })).topics.get(topic).partitions.length, 3)
      await admin.deleteTopics({ topics: [topic] })
      await eventually('it is gone', async () => !(await admin.listTopics()).includes(topic))
    })
  },

  async partitions() {
    const topic = await newTopic()
    await withAdmin(async admin => {
      await admin.createPartitions({ topics: [{ name: topic, count: 4, assignments: null }], validateOnly: false })
      assert.equal((await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic).partitions.length, 4)
    })
  },

  async configs() {
    const topic = await newTopic()
    await withAdmin(async admin => {
      const resource = { resourceType: 2, resourceName: topic }
      await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: [{ name: 'retention.ms', configOperation: 0, value: '123456' }] }] })
      const [described] = await admin.describeConfigs({ resources: [{ ...resource, configurationKeys: ['retention.ms'] }] })
      assert.equal(described.configs.find(each => each.name === 'retention.ms').value, '123456')
    })
  },

  async 'delete-records'() {
    const topic = await newTopic()
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 0, 10) }))
    await withAdmin(admin => admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 6n }] }] }))
    assert.deepEqual(values(await read(topic, 4)), named(6, 10))
  },

  async groups() {
    const topic = await newTopic()
    const groupId = newName('group')
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 0, 1) }))
    await read(topic, 1, { groupId, then: ([message]) => message.commit() })
    await withAdmin(async admin => {
      assert.ok((await admin.listGroups()).has(groupId))
      assert.match((await admin.describeGroups({ groups: [groupId] })).get(groupId).state, /^empty$/i)
      await admin.deleteGroups({ groups: [groupId] })
      assert.ok(!(await admin.listGroups()).has(groupId))
    })
  },

  async 'list-offsets'() {
    const topic = await newTopic(1)
    await withProducer({}, producer => producer.send({ messages: numbers(topic, 0, 3) }))
    await withAdmin(async admin => {
      for (const [timestamp, offset] of [[-2n, 0n], [-1n, 3n]]) {
        const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }] })
        assert.equal(listed.partitions[0].offset, offset)
      }
    })
  },

  async cluster() {
    const metadata = await withAdmin(admin => admin.metadata({ topics: [] }))
    const [broker] = metadata.brokers.values()
    assert.equal(`${broker.host}:${broker.port}`, bootstrap)
    assert.ok(metadata.id)
  },

  async 'refused-acls'() {
    const filter = { resourceType: 2, resourceName: null, resourcePatternType: 1, principal: null, host: null, operation: 1, permissionType: 1 }
    assert.match(saidBy(await withAdmin(admin => refusal(() => admin.describeAcls({ filter })))), /version|unsupported|not supported|security/i)
  },

  async 'refused-quotas'() {
    const components = [{ entityType: 'client-id', matchType: 2, match: null }]
    assert.match(saidBy(await withAdmin(admin => refusal(() => admin.describeClientQuotas({ components })))), /version|unsupported|not supported/i)
  },

  async 'refused-consumer-protocol'() {
    const topic = await newTopic()
    await withClient(Consumer, { groupId: newName('group'), groupProtocol: 'consumer', retries: 0 }, async consumer => {
      const error = await refusal(() => consumer.consume({ topics: [topic], mode: 'earliest' }))
      assert.match(saidBy(error), /version|unsupported|not supported/i)
    })
  },
})
