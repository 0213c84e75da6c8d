import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/billing/check-ledger.ts'
import {
  type Account,
  balanceOf,
  creditsOf,
  creditTotal,
  householdAccount,
  owedOn,
  type PostingLine,
  post,
} from '../../src/billing/ledger.ts'
import { takeNumbers } from '../../src/billing/numbers.ts'
import { ledgerLines, numberSeries } from '../../src/billing/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { type Id, newId } from '../../src/kernel/ids.ts'
import { cents, negate, sum } from '../../src/kernel/money.ts'
import { testTown } from '../support/town.ts'

const t = await testTown()
const { db } = t.town
const now = () => t.town.clock.now()
const amount = fc.integer({ min: -1_000_000, max: 1_000_000 }).filter(n => n !== 0)

test('a posting that does not add up to zero, or has one line only, is refused and leaves nothing', async () => {
  const unbalanced: PostingLine[][] = [
    [{ account: 'cash', amount: cents(100) }],
    [
      { account: 'cash', amount: cents(100) },
      { account: 'bank', amount: cents(-99) },
    ],
    [
      { account: 'cash', amount: cents(0) },
      { account: 'bank', amount: cents(0) },
    ],
    [
      { account: 'cash', amount: cents(5), invoiceId: newId<'invoice'>() },
      { account: 'bank', amount: cents(-5) },
    ],
  ]
  for (const lines of unbalanced)
    await assert.rejects(
      db.transaction(tx => post(tx, now(), { key: 'test:unbalanced', kind: 'test', lines })),
      RangeError,
    )
  assert.deepEqual(await db.read.select().from(ledgerLines), [])
})

test('the same event posts once, whoever comes first', async () => {
  const lines: PostingLine[] = [
    { account: 'household:once', amount: cents(-500) },
    { account: 'cash', amount: cents(500) },
  ]
  const twice = await Promise.all(
    [1, 2].map(() => db.transaction(tx => post(tx, now(), { key: 'payment:once', kind: 'payment', lines }))),
  )
  assert.deepEqual(
    twice.sort((a, b) => Number(a) - Number(b)),
    [false, true],
  )
  assert.equal(await balanceOf(db.read, 'household:once'), -500)
})

test('whatever is posted, all accounts together are zero, and each is the sum of its lines', async () => {
  const accounts: Account[] = ['cash', 'bank', 'cheque', 'household:a', 'household:b']
  const lines = fc.array(fc.record({ account: fc.constantFrom(...accounts), amount: amount.map(cents) }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { maxLength: 4 }), async postings => {
      const before = new Map<Account, number>()
      for (const account of accounts) before.set(account, await balanceOf(db.read, account))
      const clearing = await balanceOf(db.read, 'stripe:clearing')
      let rest = 0
      for (const some of postings) {
        const left = negate(sum(some.map(line => line.amount)))
        if (left === 0) continue
        rest += left
        const balanced = [...some, { account: 'stripe:clearing', amount: left } as const]
        await db.transaction(tx => post(tx, now(), { key: `test:${newId()}`, kind: 'test', lines: balanced }))
        for (const line of some) before.set(line.account, (before.get(line.account) ?? 0) + line.amount)
      }
      for (const account of accounts) assert.equal(await balanceOf(db.read, account), before.get(account))
      assert.equal(await balanceOf(db.read, 'stripe:clearing'), clearing + rest)
    }),
    { numRuns: 25 },
  )
  const all = await db.read.select().from(ledgerLines)
  assert.equal(sum(all.map(line => line.amount)), 0)
})

test('what is owed on an invoice and what a household has in its favour are told apart', async () => {
  const household = newId<'household'>()
  const account = householdAccount(household)
  const [first, second] = [newId<'invoice'>(), newId<'invoice'>()]
  const posted = (key: string, amount: number, invoiceId?: Id<'invoice'>) =>
    db.transaction(tx =>
      post(tx, now(), {
        key,
        kind: 'test',
        lines: [
          { account, amount: cents(amount), invoiceId },
          { account: 'cash', amount: cents(-amount) },
        ],
      }),
    )
  await posted('t:1', 1_000, first)
  await posted('t:2', 700, second)
  await posted('t:3', -1_200, first) // paid too much
  await posted('t:4', -50)
  assert.deepEqual([...(await owedOn(db.read, [first, second])).values()], [-200, 700])
  const credits = (await creditsOf(db.read, [household])).get(household)
  assert.deepEqual(credits, [
    { invoiceId: null, amount: 50 },
    { invoiceId: first, amount: 200 },
  ])
  assert.equal(creditTotal(credits), 250)
  assert.equal(await balanceOf(db.read, account), 450)
})

test('numbers have no gap and no double, taken by many at once, some of whom give up', async () => {
  const taken: number[] = []
  const attempts = Array.from({ length: 40 }, (_, i) =>
    db
      .transaction(async tx => {
        const numbers = await takeNumbers(tx, 'test:2026', 1 + (i % 3))
        if (i % 4 === 0) throw new Error('changed my mind')
        return numbers
      })
      .then(numbers => taken.push(...numbers))
      .catch(() => {}),
  )
  await Promise.all(attempts)
  taken.sort((a, b) => a - b)
  assert.deepEqual(
    taken,
    taken.map((_, i) => i + 1),
  )
  const [series] = await db.read.select().from(numberSeries).where(eq(numberSeries.name, 'test:2026'))
  assert.equal(series?.next, taken.length + 1)
})

test('the check of the books finds a line that was changed behind their back', async () => {
  assert.deepEqual(await checkLedger(db.read), [])
  await db.transaction(async tx => {
    await tx
      .update(ledgerLines)
      .set({ amount: cents(-499) })
      .where(eq(ledgerLines.account, 'household:once'))
  })
  const faults = await checkLedger(db.read)
  assert.equal(faults.length, 1)
  assert.match(faults[0] ?? '', /payment:once/)
})
