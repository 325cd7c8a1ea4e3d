// What the conformance scripts share: SCRIPT BOOTSTRAP FEATURE [REGISTRY] shows one feature and ends with 0, or says why not.
import { randomUUID } from 'node:crypto'
import process from 'node:process'

const [bootstrap, feature, registry] = process.argv.slice(2)
export { bootstrap, registry }

export const newName = prefix => `${prefix}-${randomUUID()}`

export const sleep = ms => new Promise(done => setTimeout(done, ms))

/** The first value other than undefined that a question has within half a minute. */
export async function eventually(what, ask) {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
  }
  throw new Error(`within 30 s it was never so: ${what}`)
}

/** The error that an action must end with. */
export async function refusal(action) {
  try {
    await action()
  } catch (error) {
    return error
  }
  throw new Error('it was not refused')
}

/** Every message that an error and those it was made of have. */
export function saidBy(error) {
  const inner = [error.cause, error.originalError, ...(error.errors ?? [])].filter(Boolean)
  return [error.message, error.type, error.apiId, ...inner.map(saidBy)].join(' ')
}

export async function run(features) {
  if (!(feature in features)) throw new Error(`there is no feature '${feature}'`)
  setTimeout(() => {
    console.error('it took longer than a minute and a half')
    process.exit(1)
  }, 90_000).unref()
  try {
    await features[feature]()
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
  process.exit(0)
}
