import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clerk, family } from '../support/family.ts'
import { testTown, type Visitor } from '../support/town.ts'
import { png } from '../uploads/files.ts'

const t = await testTown()
const mine = await family(t)
const theirs = await family(t, { children: [{ firstName: 'Ana', pai: 'secret' }] })
await theirs.parent.post('/famille/quotient').field('value', '640').attach('proof', png(), 'a.png')
const [{ id: quotient }] = (await theirs.parent.get('/api/v1/quotients')).body

type Layer = { route?: { path: string; methods: Record<string, boolean> }; handle?: { stack?: Layer[] } }
type Method = 'get' | 'post' | 'put' | 'delete' | 'patch'

/** Every address the town answers, as express knows them: one added tomorrow is tested too. */
function routes(layers: readonly Layer[]): { method: Method; path: string }[] {
  return layers.flatMap(({ route, handle }) => [
    ...(route ? Object.keys(route.methods).map(method => ({ method: method as Method, path: route.path })) : []),
    ...routes(handle?.stack ?? []),
  ])
}
const all = routes((t.app as unknown as { router: { stack: Layer[] } }).router.stack)
const family_ = all.filter(({ path }) => /^\/(famille|accueil)(\/|$)/.test(path))
const api = all
  .filter(({ path }) => /^\/(household|children|quotients)(\/|$)/.test(path))
  .map(({ method, path }) => ({ method, path: `/api/v1${path}` }))
const deskApi = all
  .filter(({ path }) => /^\/(families|family-checks|quotient-checks)(\/|$)/.test(path))
  .map(({ method, path }) => ({ method, path: `/api/v1${path}` }))
const desk = all.filter(({ path }) => /^\/guichet\/(familles|quotients|verifications|dossiers)(\/|$)/.test(path))

const filled = (path: string) =>
  path
    .replace(':childId', theirs.children[0]!.id)
    .replace(':householdId', theirs.household)
    .replace(':personId', theirs.personId)
    .replace(':pickupId', 'some-pickup')
    .replace(':id', quotient)
const ask = (visitor: Visitor, { method, path }: { method: Method; path: string }) =>
  visitor[method](filled(path)).send()

test('the check sees the addresses', () => {
  assert.ok(family_.length > 25, `${family_.length}`)
  assert.ok(api.length > 12, `${api.length}`)
  assert.ok(desk.length > 15, `${desk.length}`)
  assert.ok(deskApi.length > 12, `${deskApi.length}`)
})

test('another family’s child, papers and quotient answer 404 at every address', async () => {
  const named = [...family_, ...api].filter(({ path }) => path.includes(':'))
  assert.ok(named.length > 20)
  for (const route of named) {
    const { status, text } = await ask(mine.parent, route)
    // Some answers are about the empty form: that is checked before anything is looked up.
    const wanted = route.method === 'get' || route.method === 'delete' ? [404] : [404, 422]
    assert.ok(wanted.includes(status), `${route.method} ${route.path}: ${status}`)
    assert.doesNotMatch(text, /Ana|secret/, route.path)
  }
})

test('a right form for another family’s child changes nothing either', async () => {
  const id = theirs.children[0]!.id
  const day = { day: '2019-01-01', 'birthDate-day': 1, 'birthDate-month': 1, 'birthDate-year': 2019 }
  const posts: [string, object][] = [
    ['modifier', { firstName: 'Vol', lastName: 'Vol', ...day }],
    ['ecole', { schoolId: 'x', level: 'CP' }],
    ['classe', { className: 'CP' }],
    ['repas', { mealType: 'standard', pai: 'no' }],
    ['sante', { paiDetails: 'x' }],
    ['personnes', { name: 'Voleur', phone: '0612345678', relationship: 'x' }],
    ['personnes/retirer', { person: 'x' }],
    ['garde', { kind: 'percentage', percent: '50', 'from-day': 1, 'from-month': 12, 'from-year': 2026 }],
    ['retirer', {}],
  ]
  for (const [path, body] of posts) {
    const answer = await mine.parent.post(`/famille/enfants/${id}/${path}`).type('form').send(body)
    assert.equal(answer.status, 404, path)
  }
  const puts: [string, object][] = [
    ['identity', { firstName: 'Vol', lastName: 'Vol', birthDate: '2019-01-01' }],
    ['school', { schoolId: 'x', level: 'CP' }],
    ['meals', { mealType: 'standard', pai: false }],
    ['health', { paiDetails: 'x' }],
  ]
  for (const [path, body] of puts)
    assert.equal((await mine.parent.put(`/api/v1/children/${id}/${path}`).send(body)).status, 404, path)
  const { body } = await theirs.parent.get('/api/v1/household')
  assert.deepEqual([body.children[0].firstName, body.children[0].pai], ['Ana', true])
})

test('a visitor who is not signed in is led to signing in, or told 401', async () => {
  for (const route of family_) {
    const { status, headers } = await ask(t.visitor(), route)
    assert.deepEqual([status, headers['location']], [303, '/connexion'], `${route.method} ${route.path}`)
  }
  for (const route of api) {
    const { status } = await ask(t.visitor(), route)
    assert.equal(status, 401, `${route.method} ${route.path}`)
  }
})

test('to parents, and to clerks of other services, the desk’s pages do not exist', async () => {
  const registrar = await clerk(t, 'civil-registry')
  for (const route of desk)
    for (const visitor of [mine.parent, registrar])
      assert.equal((await ask(visitor, route)).status, 404, `${route.method} ${route.path}`)
  for (const route of deskApi) {
    assert.equal((await ask(t.visitor(), route)).status, 401, route.path)
    for (const visitor of [mine.parent, registrar]) {
      const { status } = await ask(visitor, route)
      // What is asked is looked at first: that tells nothing of any family.
      assert.ok(status === 404 || status === 422, `${route.method} ${route.path}: ${status}`)
    }
  }
  const wish = {
    kind: 'percentage',
    percent: '50',
    from: '2026-12-01',
    refusal: 'x',
    knownChildId: 'x',
    value: '1',
    to: '2027-01-01',
    correction: 'x',
    seen: 0,
  }
  const person = {
    firstName: 'A',
    lastName: 'B',
    phone: '',
    email: '',
    lines: 'x',
    postcode: '59100',
    city: 'V',
    q: 'x',
  }
  for (const { method, path } of deskApi)
    for (const visitor of [mine.parent, registrar]) {
      const body = { ...wish, ...person, resident: true, payerId: 'x' }
      const asked = visitor[method](filled(path)).query({ q: 'x' })
      assert.equal((await (method === 'get' ? asked : asked.send(body))).status, 404, `${method} ${path}`)
    }
})

test('a clerk is no parent: the families’ own pages are not theirs', async () => {
  const someone = await clerk(t, 'canteen')
  for (const route of family_.filter(({ method, path }) => method === 'get' && path !== '/accueil')) {
    assert.equal((await ask(someone, route)).status, 404, route.path)
  }
})

test('another site cannot post any of the forms', async () => {
  for (const { path } of [...family_, ...desk].filter(({ method }) => method === 'post')) {
    const answer = await theirs.parent.post(filled(path)).set('Origin', 'https://evil.example').type('form').send({})
    assert.equal(answer.status, 403, path)
  }
})

test('ten megabytes and nonsense are refused clearly, and leave nothing', async () => {
  const huge = 'x'.repeat(10_000_000)
  assert.equal((await mine.parent.post('/famille/adresse').type('form').send(`lines=${huge}`)).status, 413)
  assert.equal((await mine.parent.post('/api/v1/children').send({ firstName: huge })).status, 413)
  const half = { lines: '1 rue \ud800\u0007', postcode: '59100', city: 'Valmont' }
  assert.equal(
    (await mine.parent.post('/api/v1/household/addresses').send(half)).status,
    201,
    'half a letter is mended',
  )
  const zero = await mine.parent.post('/famille/payeur').type('form').send({ payerId: '\0' })
  assert.ok(zero.status === 400 || zero.status === 422)
  const nonsense = [
    '{"firstName":',
    '[]',
    '"x"',
    '{"firstName":1,"lastName":null,"birthDate":{}}',
    '{"firstName":"A","lastName":"B","birthDate":"2019-02-30"}',
  ]
  for (const body of nonsense) {
    const { status } = await mine.parent.post('/api/v1/children').set('Content-Type', 'application/json').send(body)
    assert.ok(status === 400 || status === 422, `${body}: ${status}`)
  }
  assert.equal((await mine.parent.get('/api/v1/household')).body.children.length, 1)
})
