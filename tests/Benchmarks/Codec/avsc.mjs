// The first line of stdin is {schema, bytes (hex), seconds}; each further line asks for a round, answered with
// CPU nanoseconds per encode and per decode.
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
// CPU time of the whole process, its garbage collector and compiler included.
function measure(operation) {
  const started = process.cpuUsage()
  let operations = 0
  let micros
  do {
    for (let i = 0; i < 64; i++) sink = operation()
    operations += 64
    const spent = process.cpuUsage(started)
    micros = spent.user + spent.system
  } while (micros < task.seconds * 1e6)
  return micros * 1e3 / operations
}

for await (const _ of { [Symbol.asyncIterator]: () => lines }) {
  console.log(measure(() => type.toBuffer(value)), measure(() => type.fromBuffer(bytes)))
}
