// huggingface.mjs DIRECTORY: @huggingface/tokenizers with the directory's tokenizer.json and tokenizer_config.json.
// {units} is encoded, {ids} decoded, {messages, prompt} written by the chat template and encoded.
import { readFileSync } from 'node:fs'
import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import { answer, textOf, unitsOf } from './lines.mjs'

const [config, tokenizer] = ['tokenizer_config.json', 'tokenizer.json'].map(name => JSON.parse(readFileSync(`${process.argv[2]}/${name}`, 'utf8')))
const model = new Tokenizer(tokenizer, config)
const encode = text => text === '' ? [] : model.encode(text, { add_special_tokens: false }).ids

await answer(({ units, ids, messages, prompt }) => {
  if (units) return encode(textOf(units))
  if (ids) return unitsOf(model.decode(ids, { skip_special_tokens: true }))
  return encode(new Template(config.chat_template).render({ messages, add_generation_prompt: prompt, bos_token: config.bos_token }))
})
