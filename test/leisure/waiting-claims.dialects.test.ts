import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditEntries } from '../../src/audit/schema.ts'
import { eq } from '../../src/db/drizzle.ts'
import { outbox } from '../../src/jobs/schema.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { leisureAttendances, leisureClaims } from '../../src/leisure/schema.ts'
import { signupById } from '../../src/leisure/signups.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { missedDays } from '../../src/leisure/waiting/claimable.ts'
import { claimDays } from '../../src/leisure/waiting/claims.ts'
import { countLeisureClaims, decideClaim, forgetPapers } from '../../src/leisure/waiting/staff-claims.ts'
import { files } from '../../src/people/schema.ts'
import { clerkAccount, type Family, family } from '../support/family.ts'
import { testTown } from '../support/town.ts'
import { png } from '../uploads/files.ts'
import { day, plan, XMAS } from './signing-up-world.ts'
import { book, later, lettersTo, type Plan } from './waiting-world.ts'
import { post, textOf } from './world.ts'

const t = await testTown()
const { read } = t.town.db
const MONDAY_NIGHT = '2026-12-21T20:00:00+01:00'
const paper = { name: 'certificat.png', bytes: png() }
const PATH = '/centres-de-loisirs/justificatifs'
const [MONDAY, TUESDAY, WEDNESDAY, THURSDAY] = XMAS as [string, string, string, string]

const asked = (home: Family, ...days: string[]) =>
  days.map(iso => ({ childId: home.children[0]!.id as string, day: day(iso) }))
const missed = async (home: Family) =>
  (await missedDays(read, t.town, home.household)).map(({ day: on, why }) => `${on.toString().slice(5)} ${why}`)
const claimsOf = (home: Family) =>
  read.select().from(leisureClaims).where(eq(leisureClaims.householdId, home.household))

/** A family whose child has a place from Monday to Thursday; it is Monday evening. */
async function ill(given = {}): Promise<{ home: Family; id: Id<'leisure-signup'>; centre: Plan }> {
  t.at('2026-12-01T09:00:00+01:00')
  const centre = await plan(t)
  const home = await family(t, { signedIn: false, ...given })
  const id = await book(t, home, centre, XMAS)
  t.at(MONDAY_NIGHT)
  return { home, id, centre }
}
async function present(home: Family, { groups }: Plan, iso: string, here: boolean) {
  await t.town.db.transaction(async tx => {
    await tx.insert(leisureAttendances).values({
      childId: home.children[0]!.id,
      day: day(iso),
      groupId: groups[0]!,
      present: here,
      recordedBy: home.accountId,
      recordedAt: t.town.clock.now(),
    })
  })
}

test('days missed or cancelled too late can be excused within the town’s delay; those attended or free cannot', async () => {
  const { home, id, centre } = await ill()
  assert.deepEqual(await missed(home), ['12-21 absent'], 'the day has come and nobody ticked')
  await cancelDays(t.town, home.actor, id, [day(TUESDAY)])
  assert.deepEqual(await missed(home), ['12-21 absent', '12-22 late'])
  await present(home, centre, MONDAY, true)
  assert.deepEqual(await missed(home), ['12-22 late'])
  t.at('2026-12-29T23:00:00+01:00')
  assert.deepEqual(await missed(home), ['12-22 late', '12-23 absent', '12-24 absent'], 'the seventh day still counts')
  later(t, { hours: 2 })
  assert.deepEqual(await missed(home), ['12-23 absent', '12-24 absent'])
})

test('a certificate is sent once, answered day by day, and what it excuses is credited', async () => {
  const { home, id } = await ill()
  await cancelDays(t.town, home.actor, id, [day(TUESDAY), day(WEDNESDAY), day(THURSDAY)])
  const form = { days: asked(home, MONDAY, TUESDAY, THURSDAY), paper }
  await claimDays(t.town, home.actor, form, 'key')
  await claimDays(t.town, home.actor, form, 'key')
  const claims = (await claimsOf(home)).sort((a, b) => Temporal.PlainDate.compare(a.from, b.from))
  assert.deepEqual(
    claims.map(({ from, to, state }) => `${from}/${to} ${state}`),
    [`${MONDAY}/${TUESDAY} to-check`, `${THURSDAY}/${THURSDAY} to-check`],
    'Wednesday, which was not chosen, parts them',
  )
  assert.deepEqual(await missed(home), ['12-23 late'])
  assert.equal(await countLeisureClaims(read), 2)
  const { actor } = await clerkAccount(t, 'leisure')
  const [first, second] = claims
  const noReason = decideClaim(t.town, actor, first!.id, { accepted: [TUESDAY], refusal: ' ' })
  await assert.rejects(noReason, { errors: [{ field: 'refusal', code: 'reason-needed' }] })
  await decideClaim(t.town, actor, first!.id, { accepted: [TUESDAY], refusal: 'Rien sur lundi.' })
  await decideClaim(t.town, actor, second!.id, { accepted: [], refusal: 'Illisible.' })
  await assert.rejects(decideClaim(t.town, actor, second!.id, { accepted: [THURSDAY], refusal: '' }), { status: 404 })
  const signup = await signupById(read, id)
  assert.deepEqual(
    signup?.days.map(({ excused }) => excused),
    [false, true, false, false],
  )
  const promised = await read
    .select()
    .from(outbox)
    .where(eq(outbox.key, `billing.credit:claim:${first!.id}:${id}`))
  assert.deepEqual(
    promised.map(({ payload }) => (payload as { sources: string[] }).sources),
    [[`stay:${id}:${TUESDAY}`]],
  )
  const [refused, partly] = await lettersTo(t, home, 'claim')
  assert.match(refused!.text, /Illisible\./)
  assert.match(
    partly!.text,
    /Accepté, rien à payer[\s\S]*mardi 22 décembre[\s\S]*Refusé, à payer[\s\S]*lundi 21 décembre/,
  )
  assert.deepEqual(await missed(home), ['12-23 late', '12-24 late'], 'what was refused may be sent again, better')
  assert.equal(await countLeisureClaims(read), 0)
})

test('no day, a day that costs nothing, somebody else’s child or a file that is no photo is refused, and nothing is kept', async () => {
  const { home } = await ill()
  const other = await family(t, { signedIn: false })
  const before = (await read.select().from(files)).length
  const send = (days: ReturnType<typeof asked>, bytes = png()) =>
    claimDays(t.town, home.actor, { days, paper: { name: 'x.png', bytes } })
  await assert.rejects(send([]), { errors: [{ field: 'days', code: 'no-day' }] })
  await assert.rejects(send(asked(home, WEDNESDAY)), { errors: [{ field: 'days', code: 'not-excusable' }] })
  await assert.rejects(send(asked(other, MONDAY)), { status: 404 })
  await assert.rejects(send(asked(home, MONDAY), Buffer.from('no picture')), { status: 422 })
  assert.equal((await read.select().from(files)).length, before)
  assert.deepEqual(await claimsOf(home), [])
})

test('a parent sends a paper from the page, a clerk sees it as a picture, each look is written down, and answers', async () => {
  const { home } = await ill()
  const parent = await signIn(home)
  assert.match(textOf((await parent.get(PATH).expect(200)).text), /Inès, lundi 21 décembre/)
  const value = `${home.children[0]!.id}.${MONDAY}`
  const empty = await parent.post(PATH).field('days', value).expect(422)
  assert.match(empty.text, /checked/)
  await parent.post(PATH).field('days', value).attach('paper', png(), 'certificat.png').expect(303)
  assert.match(textOf((await parent.get(PATH)).text), /La mairie vérifie/)
  const [claim] = await claimsOf(home)
  await parent.get(`${PATH}/${claim!.id}/papier`).expect(200)
  const stranger = await family(t)
  await stranger.parent.get(`${PATH}/${claim!.id}/papier`).expect(404)

  const { clerk } = await clerkAccount(t, 'leisure')
  const queue = '/guichet/loisirs/justificatifs'
  assert.match(textOf((await clerk.get('/guichet').expect(200)).text), /certificat de centre de loisirs à vérifier/)
  assert.match((await clerk.get(queue).expect(200)).text, new RegExp(`${queue}/${claim!.id}`))
  const page = await clerk.get(`${queue}/${claim!.id}`).expect(200)
  assert.match(page.text, new RegExp(`<img[^>]+${claim!.id}/papier/1`))
  const picture = await clerk.get(`${queue}/${claim!.id}/papier/1`).expect(200)
  assert.equal(picture.headers['content-type'], 'image/png')
  const looks = await read.select().from(auditEntries).where(eq(auditEntries.action, 'health.certificate-viewed'))
  assert.equal(looks.length, 1)
  await clerk.get(`${queue}/${claim!.id}/papier/9`).expect(404)
  const others = await clerkAccount(t, 'canteen')
  await others.clerk.get(queue).expect(404)
  const administrator = await clerkAccount(t)
  await administrator.clerk.get(`${queue}/${claim!.id}/papier`).expect(404)
  await post(clerk, `${queue}/${claim!.id}`, { accepted: MONDAY }).expect(303)
  assert.match(textOf((await parent.get(PATH)).text), /Accepté : vous ne payez pas/)
})

test('two months after its answer a paper is deleted, its answer stays', async () => {
  const { home, id } = await ill({ children: ['Inès', 'Malo'] })
  await cancelDays(t.town, home.actor, id, [day(TUESDAY)])
  await claimDays(t.town, home.actor, { days: asked(home, MONDAY), paper })
  const [claim] = await claimsOf(home)
  const [file] = await read.select().from(files).where(eq(files.id, claim!.fileId!))
  const { actor } = await clerkAccount(t, 'leisure')
  t.at('2027-04-01T09:00:00+02:00')
  await forgetPapers(t.town)
  assert.equal((await claimsOf(home))[0]!.fileId, claim!.fileId, 'one without answer is kept')
  t.at(MONDAY_NIGHT)
  await decideClaim(t.town, actor, claim!.id, { accepted: [MONDAY], refusal: '' })
  t.at('2027-02-21T19:00:00+01:00')
  await forgetPapers(t.town)
  assert.ok((await claimsOf(home))[0]!.fileId, 'still in time to object')
  later(t, { hours: 2 })
  await forgetPapers(t.town)
  await forgetPapers(t.town)
  await t.settle()
  const [kept] = await claimsOf(home)
  assert.deepEqual([kept!.fileId, kept!.state], [null, 'accepted'])
  assert.deepEqual(await read.select().from(files).where(eq(files.id, claim!.fileId!)), [])
  await assert.rejects(t.town.files.read(file!.storedAs))
})

async function signIn({ email, password }: Family) {
  const visitor = t.visitor()
  await visitor.post('/api/v1/sessions').send({ email, password }).expect(201)
  return visitor
}
