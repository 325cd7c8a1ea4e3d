// The first line of stdin is {schema, bytes (hex), seconds}; each further line asks for a round, answered with
// nanoseconds per encode and per decode.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const avro = createRequire(new URL('../../Interop/package.json', import.meta.url))('avsc')
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const task = JSON.parse((await lines.next()).value)
const type = avro.Type.forSchema(JSON.parse(task.schema))
const bytes = Buffer.from(task.bytes, 'hex')
const value = type.fromBuffer(bytes)
console.log(type.toBuffer(value).equals(bytes) ? 'ready' : 'does not write the bytes that it read')

let sink
function measure(operation) {
  const started = process.hrtime.bigint()
  const until = started + BigInt(task.seconds * 1e9)
  let operations = 0
  let now
  do {
    for (let i = 0; i < 16; i++) sink = operation()
    operations += 16
    now = process.hrtime.bigint()
  } while (now < until)
  return Number(now - started) / operations
}

for await (const _ of { [Symbol.asyncIterator]: () => lines }) {
  console.log(measure(() => type.toBuffer(value)), measure(() => type.fromBuffer(bytes)))
}
