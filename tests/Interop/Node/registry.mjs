// Confluent's wire format for Avro, by avsc and the schema registry's REST API.
import avro from 'avsc'

export class Registry {
  #types = new Map()

  constructor(url) {
    this.url = url.replace(/\/$/, '')
  }

  async #ask(path, options) {
    const answer = await fetch(this.url + path, { signal: AbortSignal.timeout(30_000), ...options })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

  /** The id of a schema, registered if it is new. */
  async register(subject, schema) {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
    return (await this.#ask(`/subjects/${subject}/versions`, { method: 'POST', headers, body: JSON.stringify({ schema }) })).id
  }

  async latest(subject) {
    return (await this.#ask(`/subjects/${subject}/versions/latest`)).schema
  }

  /** The value of a record; a tombstone (null) stays null. */
  async decode(payload) {
    if (payload === null) return null
    if (payload[0] !== 0) throw new Error(`magic byte ${payload[0]}, not 0`)
    const id = payload.readInt32BE(1)
    if (!this.#types.has(id)) this.#types.set(id, avro.Type.forSchema(JSON.parse((await this.#ask(`/schemas/ids/${id}`)).schema)))
    // fromBuffer throws when bytes are left over.
    return this.#types.get(id).fromBuffer(payload.subarray(5))
  }
}

export function encode(id, type, value) {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, type.toBuffer(value)])
}
