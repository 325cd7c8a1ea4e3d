// schemaregistry BOOTSTRAP FEATURE REGISTRY: npm's @confluentinc/schemaregistry against a schema registry.
import assert from 'node:assert/strict'
import confluent from '@confluentinc/schemaregistry'
import { newName, refusal, registry, run } from './run.mjs'

const { AvroDeserializer, AvroSerializer, HeaderSchemaIdSerializer, SchemaRegistryClient, SerdeType } = confluent
const config = { baseURLs: [registry], maxRetries: 0 }
const client = new SchemaRegistryClient(config)

const schemaType = 'AVRO'
const record = (name, ...fields) => ({ schemaType, schema: JSON.stringify({ type: 'record', name, fields }) })
const v1 = record('R', { name: 'a', type: 'int' })
const v2 = record('R', { name: 'a', type: 'int' }, { name: 'b', type: 'string', default: '' })
const incompatible = record('R', { name: 'a', type: 'int' }, { name: 'c', type: 'string' })

async function refused(status, code, action) {
  const error = await refusal(action)
  assert.deepEqual([error.status, error.errorCode], [status, code])
}

await run({
  async register() {
    const subject = newName('s')
    const id = await client.register(subject, v1)
    assert.equal(await new SchemaRegistryClient(config).register(subject, v1, true), id)
    const full = await client.registerFullResponse(subject, v2)
    assert.deepEqual([full.id !== id, full.version, full.subject], [true, 2, subject])
    await refused(422, 42201, () => client.register(subject, { schemaType, schema: '{"type":"nothing"}' }))
  },

  async lookup() {
    const subject = newName('s')
    const id = await client.register(subject, v1)
    assert.equal(await client.getId(subject, v1), id)
    assert.equal(await client.getVersion(subject, v1), 1)
    assert.deepEqual(JSON.parse((await client.getBySubjectAndId(subject, id)).schema), JSON.parse(v1.schema))
    await refused(404, 40403, () => client.getId(subject, v2))
    await refused(404, 40401, () => client.getId(newName('none'), v2))
    await refused(404, 40403, () => client.getBySubjectAndId(subject, 2147483647))
  },

  async guid() {
    const { guid } = await client.registerFullResponse(newName('s'), v1)
    assert.deepEqual(JSON.parse((await client.getByGuid(guid)).schema), JSON.parse(v1.schema))
  },

  async versions() {
    const subject = newName('s')
    await client.register(subject, v1)
    await client.register(subject, v2)
    assert.deepEqual(await client.getAllVersions(subject), [1, 2])
    assert.equal((await client.getLatestSchemaMetadata(subject)).version, 2)
    assert.equal((await client.getSchemaMetadata(subject, 1)).version, 1)
    assert.ok((await client.getAllSubjects()).includes(subject))
    await refused(404, 40402, () => client.getSchemaMetadata(subject, 9))
  },

  async references() {
    const [inner, outer] = [newName('inner'), newName('outer')]
    await client.register(inner, record('n.Inner', { name: 'x', type: 'int' }))
    const references = [{ name: 'n.Inner', subject: inner, version: 1 }]
    const id = await client.register(outer, { ...record('n.Outer', { name: 'i', type: 'n.Inner' }), references })
    assert.deepEqual((await client.getBySubjectAndId(outer, id)).references, references)
    await refused(422, 42206, () => client.deleteSubjectVersion(inner, 1))
  },

  async compatibility() {
    const subject = newName('s')
    await client.register(subject, v1)
    assert.equal(await client.testSubjectCompatibility(subject, v2), true)
    assert.equal(await client.testCompatibility(subject, 1, incompatible), false)
    await refused(409, 409, () => client.register(subject, incompatible))
  },

  async config() {
    const subject = newName('s')
    await client.updateCompatibility(subject, 'FULL')
    assert.equal(await client.getCompatibility(subject), 'FULL')
    assert.equal((await client.getConfig(subject)).compatibilityLevel, 'FULL')
    assert.equal((await client.updateConfig(subject, { compatibility: 'NONE' })).compatibility, 'NONE')
    assert.match(await client.getDefaultCompatibility(), /^[A-Z_]+$/)
    await refused(404, 40408, () => client.getCompatibility(newName('none')))
    await refused(422, 42203, () => client.updateCompatibility(subject, 'SIDEWAYS'))
  },

  async delete() {
    const subject = newName('s')
    await client.register(subject, v1)
    await client.register(subject, v2)
    assert.equal(await client.deleteSubjectVersion(subject, 1), 1)
    assert.deepEqual(await client.getAllVersions(subject), [2])
    assert.deepEqual(await client.deleteSubject(subject), [2])
    assert.deepEqual(await client.deleteSubject(subject, true), [1, 2])
    await refused(404, 40401, () => client.getAllVersions(subject))
  },

  async avro() {
    const topic = newName('t')
    await client.register(topic + '-value', v2)
    const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true })
    const bytes = await serializer.serialize(topic, { a: 7, b: 'seven' })
    const { a, b } = await new AvroDeserializer(new SchemaRegistryClient(config), SerdeType.VALUE, {}).deserialize(topic, bytes)
    assert.deepEqual([bytes[0], a, b], [0, 7, 'seven'])
  },

  async 'avro-header'() {
    const topic = newName('t')
    await client.register(topic + '-value', v2)
    const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true, schemaIdSerializer: HeaderSchemaIdSerializer })
    const headers = {}
    const bytes = await serializer.serialize(topic, { a: 7, b: 'seven' }, headers)
    const { a, b } = await new AvroDeserializer(new SchemaRegistryClient(config), SerdeType.VALUE, {}).deserialize(topic, bytes, headers)
    assert.deepEqual([Object.keys(headers).length, a, b], [1, 7, 'seven'])
  },

  async 'refused-rules'() {
    const subject = newName('s')
    await refused(422, 422, () => client.register(subject, { ...v1, ruleSet: { domainRules: [{ name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'true' }] } }))
    await refused(422, 42201, () => client.register(subject, { schemaType: 'PROTOBUF', schema: 'syntax = "proto3";' }))
  },
})
