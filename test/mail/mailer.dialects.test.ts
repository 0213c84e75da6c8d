import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { eq } from '../../src/db/drizzle.ts'
import { documents } from '../../src/documents/schema.ts'
import { outbox } from '../../src/jobs/schema.ts'
import { newId } from '../../src/kernel/ids.ts'
import type { Letter } from '../../src/mail/mailer.ts'
import { mails } from '../../src/mail/schema.ts'
import { startMailServer } from '../support/mail-server.ts'
import { testTown } from '../support/town.ts'

const server = await startMailServer()
const t = await testTown({
  SMTP_URL: `smtp://127.0.0.1:${server.port}`,
  MAIL_FROM: 'Ville de Test <ville@guichet.test>',
})
// After the town: the server waits for connections that the town keeps open.
after(() => server.stop())

const write = (letter: Partial<Letter> & { key: string }) =>
  t.town.db.transaction(tx =>
    t.town.mailer.write(tx, t.town.clock.now(), {
      kind: 'test',
      to: { personId: null, email: 'awa@exemple.fr', language: 'fr' },
      content: {
        subject: 'L’été à la cantine : « menus » & prix',
        paragraphs: ['Bonjour <Awa> !'],
        facts: [{ label: 'Repas', value: '2,10 €' }],
        action: { label: 'Voir les menus', url: 'http://guichet.test/menus' },
      },
      ...letter,
    }),
  )
const row = async (key: string) => (await t.town.db.read.select().from(mails).where(eq(mails.key, key)))[0]

test('a letter leaves as text and as HTML, accents right and nothing of a person’s name taken for markup', async () => {
  await write({ key: 'a' })
  await t.settle()
  const [mail] = server.mails()
  assert.equal(mail?.subject, 'L’été à la cantine : « menus » & prix')
  assert.match(mail?.text ?? '', /Bonjour <Awa>/)
  assert.match(mail?.text ?? '', /Repas : 2,10 €/)
  assert.match(String(mail?.html), /Bonjour &lt;Awa&gt;/)
  assert.doesNotMatch(String(mail?.html), /<img|http:\/\/(?!guichet\.test)/)
  assert.equal((await row('a'))?.state, 'sent')
})

test('the same event writes to the same person once', async () => {
  const before = server.mails().length
  await write({ key: 'twice' })
  await write({ key: 'twice' })
  await t.settle()
  assert.equal(server.mails().length, before + 1)
})

test('a document goes with its letter', async () => {
  const id = newId<'document'>()
  const storedAs = await t.town.files.put(Buffer.from('%PDF-1.7 facture'))
  await t.town.db.transaction(async tx => {
    await tx.insert(documents).values({
      id,
      kind: 'invoice',
      subjectId: 'x',
      name: 'facture-été.pdf',
      storedAs,
      size: 16,
      sha256: 'x',
      createdAt: t.town.clock.now(),
    })
  })
  await write({ key: 'with', documents: [id] })
  await t.settle()
  const attached = server.mails().at(-1)?.attachments[0]
  assert.equal(attached?.filename, 'facture-été.pdf')
  assert.equal(attached?.content.toString(), '%PDF-1.7 facture')
})

test('an address that the server refuses is marked for a person to see; a server that is busy is tried again', async () => {
  server.refuse('for-good')
  await write({ key: 'refused' })
  await t.settle()
  assert.equal((await row('refused'))?.state, 'failed')
  assert.match((await row('refused'))?.failure ?? '', /No such user/)

  server.refuse(true)
  await write({ key: 'busy' })
  await t.settle()
  assert.equal((await row('busy'))?.state, 'waiting')
  server.refuse(false)
  t.at(t.town.clock.now().add({ hours: 1 }).toString())
  await t.settle()
  assert.equal((await row('busy'))?.state, 'sent')
})

test('somebody without e-mail gets paper: the letter waits to be printed and no job is promised', async () => {
  await write({ key: 'paper', to: { personId: null, email: null, language: 'fr' } })
  const letter = await row('paper')
  assert.equal(letter?.state, 'to-print')
  const jobs = await t.town.db.read
    .select()
    .from(outbox)
    .where(eq(outbox.key, `mail.send:${letter?.id}`))
  assert.deepEqual(jobs, [])
})
