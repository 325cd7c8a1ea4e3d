// from-ranks.mjs ENCODING FILE: writes the ranks that gpt-tokenizer brings (tiktoken's) as a Hugging Face tokenizer.json.
// A token's merges are all the pairs of tokens that make it, as transformers converts tiktoken's files.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'

const [encoding, file] = process.argv.slice(2)
const folder = dirname(createRequire(import.meta.url).resolve('gpt-tokenizer/package.json'))
const ranks = new Map(readFileSync(`${folder}/data/${encoding}.tiktoken`, 'utf8').trim().split('\n').map(line => {
  const [token, rank] = line.split(' ')
  return [Buffer.from(token, 'base64').toString('latin1'), Number(rank)]
}))

const printable = byte => byte >= 0x21 && byte <= 0x7e || byte >= 0xa1 && byte <= 0xac || byte >= 0xae
let next = 0x100
const alphabet = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++))
const written = token => Array.from(token, byte => alphabet[byte.charCodeAt(0)]).join('')

const merges = [...ranks].sort((one, other) => one[1] - other[1]).flatMap(([token]) =>
  Array.from({ length: token.length - 1 }, (_, i) => [token.slice(0, i + 1), token.slice(i + 1)])
    .filter(parts => parts.every(part => ranks.has(part)))
    .sort((one, other) => ranks.get(one[0]) - ranks.get(other[0]) || ranks.get(one[1]) - ranks.get(other[1]))
    .map(parts => parts.map(written)))

const llama3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
const byteLevel = use_regex => ({ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex })
writeFileSync(file, JSON.stringify({
  version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null, decoder: byteLevel(true),
  pre_tokenizer: encoding === 'r50k_base' ? byteLevel(true) : {
    type: 'Sequence',
    pretokenizers: [{ type: 'Split', pattern: { Regex: llama3 }, behavior: 'Isolated', invert: false }, byteLevel(false)]
  },
  model: { type: 'BPE', ignore_merges: true, vocab: Object.fromEntries([...ranks].map(([token, rank]) => [written(token), rank])), merges }
}))
