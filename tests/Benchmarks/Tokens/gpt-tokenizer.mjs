// gpt-tokenizer.mjs ENCODING. The first line of stdin is {texts, seconds}, answered with the number of tokens; each further
// line asks for a round, answered with CPU nanoseconds per encoding of all texts.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { encode } = createRequire(new URL('../../Interop/package.json', import.meta.url))(`gpt-tokenizer/encoding/${process.argv[2]}`)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { texts, seconds } = JSON.parse((await lines.next()).value)
const options = { disallowedSpecial: new Set() }
const encodeAll = () => texts.reduce((count, text) => count + encode(text, options).length, 0)
console.log(encodeAll())

// CPU time of the whole process, its garbage collector and compiler included.
for await (const _ of { [Symbol.asyncIterator]: () => lines }) {
  const started = process.cpuUsage()
  let [rounds, micros] = [0, 0]
  while (micros < seconds * 1e6) {
    encodeAll()
    rounds++
    const spent = process.cpuUsage(started)
    micros = spent.user + spent.system
  }
  console.log(micros * 1e3 / rounds)
}
