import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import supertest from 'supertest'
import { clerk } from '../support/family.ts'
import { startRedis } from '../support/redis.ts'
import { testTown } from '../support/town.ts'

const redis = await startRedis()
const t = await testTown({ REDIS_URL: redis.url })
// After the town: it keeps connections open.
after(() => redis.stop())

test('the board of the queues is for administrators, and fetches nothing from elsewhere', async () => {
  const canteen = await clerk(t, 'canteen')
  assert.equal((await canteen.get('/guichet/travaux/redis')).status, 404)
  const administrator = await clerk(t)
  const board = await administrator.get('/guichet/travaux/redis')
  assert.equal(board.status, 200)
  assert.match(board.headers['content-security-policy'] ?? '', /font-src 'self'/)
  const script = /src="([^"]+\.js)"/.exec(board.text)?.[1]
  assert.ok(script)
  assert.equal(
    (await administrator.get(new URL(script, 'http://guichet.test/guichet/travaux/redis/').pathname)).status,
    200,
  )
  const queues = await administrator.get('/guichet/travaux/redis/api/queues')
  assert.equal(queues.body.queues[0].name, 'guichet')
})

test('with Redis, whether it answers is told to machines; without it the town still serves', async () => {
  assert.equal((await supertest(t.app).get('/readyz')).body.checks.redis, true)
  await redis.kill()
  const answer = await supertest(t.app).get('/readyz')
  assert.equal(answer.status, 200)
  assert.equal(answer.body.checks.redis, false)
  await redis.restart()
})
