// `npm run rush`: opening mornings, on real processes of the town. `npm run rush -- kill --households 1000 --seconds 2`
// runs one; `npm run rush -- overload` the one that takes minutes. Ends with an error when anything that must be true is not; with --strict also when an aim is missed.
import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { temporaryFolder } from '../../test/support/own-process.ts'
import { machineFacts } from './machine.ts'
import { print } from './report.ts'
import { scenarios } from './scenarios.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    households: { type: 'string' },
    seconds: { type: 'string' },
    strict: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter(name => !(name in scenarios))
if (unknown.length > 0) {
  console.error(`No scenario ${unknown.join(', ')}: there are ${Object.keys(scenarios).join(', ')}.`)
  process.exit(64) // EX_USAGE
}
const folder = temporaryFolder('rush')
console.log(machineFacts(folder))
let fine = true
for (const [name, scenario] of Object.entries(scenarios)) {
  if (positionals.length > 0 ? !positionals.includes(name) : name === 'overload') continue
  const own = join(folder, name)
  mkdirSync(own)
  const report = await scenario(own, {
    ...(values.households ? { households: Number(values.households) } : {}),
    ...(values.seconds ? { seconds: Number(values.seconds) } : {}),
  })
  const right = print(report)
  fine &&= right && (!values.strict || report.aims.every(({ ok }) => ok))
  await rm(own, { recursive: true, force: true })
}
console.log(`\n${machineFacts(folder)}`)
process.exit(fine ? 0 : 1)
