// gpt.mjs ENCODING: gpt-tokenizer with that encoding; special tokens are text.
import { answer, textOf } from './lines.mjs'

const { encode } = await import(`gpt-tokenizer/encoding/${process.argv[2]}`)
await answer(({ units }) => encode(textOf(units), { disallowedSpecial: new Set() }))
