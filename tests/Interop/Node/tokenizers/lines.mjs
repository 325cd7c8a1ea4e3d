// Lines of JSON in, lines of JSON out. Text is an array of UTF-16 units: it may have halves of surrogate pairs.
import { createInterface } from 'node:readline'

export async function answer(ask) {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(ask(JSON.parse(line))))
  }
}

export const textOf = units => units.map(unit => String.fromCharCode(unit)).join('')
export const unitsOf = text => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
