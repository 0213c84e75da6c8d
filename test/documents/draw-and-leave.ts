// A program that draws documents on two threads. It must end by itself when nobody closed the pool, and close it when told `close`.
import { documentPool } from '../../src/documents/pool.ts'
import { usualInvoice, valmont } from './examples.ts'

const pool = documentPool({ threads: 2 })
const draw = () => pool.render({ kind: 'invoice', view: usualInvoice, town: valmont, language: 'fr' })
const drawn = await Promise.all([draw(), draw(), draw()])
console.log(drawn.every(({ length }) => length > 10_000) ? 'drawn' : 'not drawn')
if (process.argv[2] === 'close') {
  await pool.close()
  console.log('closed')
}
