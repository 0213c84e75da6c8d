import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gate, hashPassword, passwordFits } from '../../src/access/passwords.ts'
import { ownPath, passwordFault, subscriberOf } from '../../src/access/rules.ts'
import { deviceOf } from '../../src/access/session.ts'
import { Problem } from '../../src/kernel/problems.ts'

const of = { email: 'awa@exemple.fr', firstName: 'Awa', lastName: 'Diallo' }

test('four words, an emoji or a whole sentence make a password; no figure or capital is asked for', () => {
  for (const password of [
    'quatre mots au hasard',
    'kkkkkklmnopq',
    '🐘🐘🐘🐘🦒🦒🦒🦒🦓🦓🦓🐘🐅',
    'Le chat de Léa dort, encore !',
  ])
    assert.equal(passwordFault(password, of), undefined, password)
})

test('short, common and personal passwords are told apart', () => {
  assert.deepEqual(passwordFault('', of), { code: 'required' })
  assert.deepEqual(passwordFault('onze lettre', of), { code: 'password-too-short' })
  assert.deepEqual(passwordFault('🐘🐘🐘🐘🐘🐘', of), { code: 'password-too-short' }, 'six signs, not twelve')
  assert.deepEqual(passwordFault('x'.repeat(201), of), { code: 'too-long', params: { max: 200 } })
  for (const password of ['Mot de passe 2026', 'Azertyuiop123', 'AWA@exemple.fr', 'diallo awa 1984', 'ababababababab'])
    assert.deepEqual(passwordFault(password, of), { code: 'password-too-common' }, password)
})

test('a real town hashes with argon2id, 19 MiB, two passes', async () => {
  const hash = await hashPassword('production', 'quatre mots au hasard')
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.ok(await passwordFits('production', hash, 'quatre mots au hasard'))
  assert.ok(!(await passwordFits('production', hash, 'quatre mots au hazard')))
})

test('an é typed on another keyboard is the same é', async () => {
  const hash = await hashPassword('test', 'l’été indien dure'.normalize('NFD'))
  assert.ok(await passwordFits('test', hash, 'l’été indien dure'.normalize('NFC')))
})

test('an account without password yet lets nobody in', async () => {
  for (const hash of [null, undefined]) assert.equal(await passwordFits('test', hash, ''), false)
})

test('so many hash at once, so many wait, and the others are told to come back', async () => {
  const inTurn = gate(2, 3)
  let running = 0
  let most = 0
  const releases: (() => void)[] = []
  const work = () =>
    inTurn(async () => {
      most = Math.max(most, ++running)
      await new Promise<void>(resolve => releases.push(resolve))
      running--
    })
  const five = Array.from({ length: 5 }, work)
  await assert.rejects(work(), (error: unknown) => {
    assert.ok(error instanceof Problem)
    assert.equal(error.status, 503)
    assert.equal(error.params['retryAfterSeconds'], 5)
    return true
  })
  for (let done = 0; done < 5; done++) {
    while (releases.length === 0) await new Promise(resolve => setImmediate(resolve))
    releases.shift()?.()
  }
  await Promise.all(five)
  assert.equal(most, 2)
  assert.ok(await inTurn(async () => true), 'a failure or a full house leaves the gate open')
})

test('one’s own addresses only: no other site, no page that makes no sense after signing in', () => {
  for (const path of ['/cantine', '/factures/12?x=1', '/famille/enfants/a%20b']) assert.equal(ownPath(path), path)
  for (const path of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/a\\b',
    '/\tx',
    'cantine',
    '',
    undefined,
  ])
    assert.equal(ownPath(path), undefined, `${path}`)
  for (const path of ['/connexion', '/deconnexion', '/inscription/envoye', '/mot-de-passe/nouveau/x', '/api/v1/me'])
    assert.equal(ownPath(path), undefined, `${path}`)
})

test('an IPv6 subscriber counts once, whichever of its addresses it uses', () => {
  assert.equal(subscriberOf('192.0.2.7'), '192.0.2.7')
  assert.equal(subscriberOf('::ffff:192.0.2.7'), '192.0.2.7')
  assert.equal(subscriberOf('2001:db8:1:2:aaaa::1'), subscriberOf('2001:0DB8:1:2:bbbb:cccc:dddd:eeee'))
  assert.notEqual(subscriberOf('2001:db8:1:2::1'), subscriberOf('2001:db8:1:3::1'))
})

test('a device has a name its owner knows', () => {
  const iphone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1'
  assert.equal(deviceOf(iphone), 'Safari, iPhone')
  assert.equal(
    deviceOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0 Safari/537.36 Edg/150.0'),
    'Edge, Windows',
  )
  assert.equal(deviceOf('curl/8'), undefined)
  assert.equal(deviceOf(undefined), undefined)
})
