import { createHash, createHmac } from 'node:crypto'
import { connectionTo } from './connection.ts'
import { comesLate } from './crowd.ts'
import type { Verdict } from './judge.ts'
import type { Beside } from './morning.ts'
import { quantile } from './report.ts'
import type { RushTown } from './town.ts'
import { HOST } from './town-process.ts'
import type { World } from './world.ts'

// The draw, computed anew from what the town publishes of it: none of its code is asked.

const HEX_64 = /<code[^>]*>([0-9a-f]{64})<\/code>/g
const DRAWN = /<code[^>]*>([0-9a-f]{16})<\/code>/
/** Twenty equal parts of all ranks; above this, a draw that is uniform would fall once in ten thousand. */
const PARTS = 20
const SUSPICIOUS = 51.1
/** Clocks of two processes of one machine, rounded to milliseconds. */
const TOLERANCE_MS = 5
const DEVICES = 100

const fingerprintOf = (seed: string) => createHash('sha256').update(seed).digest('hex')

/** The rank of a household, as the page about the draw says it is made. */
function rankOf(seed: string, household: string): bigint {
  const number = createHash('sha256').update(`guichet draw ${household}`).digest('hex').slice(0, 12)
  return createHmac('sha256', seed).update(number).digest().readBigUInt64BE(0)
}

/** Watches a draw that lets in so many families a second: what is published of it, and who came in when. */
export function watchDraw({ world, processes }: RushTown, perSecond: number): Beside {
  const port = processes[0]?.port ?? 0
  const before = published(port, world)
  return {
    end: async run => {
      const [first, last] = [await before, await published(port, world)]
      const seed = last.find(text => fingerprintOf(text) === first[0]) ?? ''
      const ranks = world.families.map(({ household }) => rankOf(seed, household))
      const turns = ranks.map(rank => world.opensAt + turnMs(rank, ranks.length, perSecond))
      const end = world.opensAt + (ranks.length / perSecond) * 1_000
      const late = run.inAt.map((at, n) => at - (comesLate(n) ? end : (turns[n] ?? 0)))
      const early = late.filter(ms => ms < -TOLERANCE_MS)
      const slow = late.filter((_, n) => !comesLate(n))
      return {
        correct: [
          {
            ok: first.length === 1 && seed !== '',
            name: 'fingerprint before, seed after',
            found: `${first.length} published before, ${last.length} after, the seed ${seed ? 'fits' : 'does not fit'}`,
          },
          uniform(ranks),
          await sameOnDevices(port, world, seed),
          {
            ok: early.length === 0,
            name: 'nobody in before their turn',
            found: early.length === 0 ? `${late.length} turns computed from the seed` : `${early.length} too early`,
          },
        ],
        aims: [
          {
            ok: quantile(slow, 0.99) <= 6_000,
            name: 'in within 6 s of one’s turn',
            found: `p50 ${Math.round(quantile(slow, 0.5))} ms, p99 ${Math.round(quantile(slow, 0.99))} ms after it`,
          },
        ],
        facts: [`${perSecond} families a second are let in`],
      }
    },
  }
}

/** When the family's turn comes, in milliseconds after the opening. */
function turnMs(rank: bigint, families: number, perSecond: number): number {
  const place = Number((rank * BigInt(families)) / 2n ** 64n)
  return Math.floor((place * 1_000) / perSecond)
}

function uniform(ranks: readonly bigint[]): Verdict {
  const counts = Array.from({ length: PARTS }, () => 0)
  for (const rank of ranks) {
    const part = Number((rank * BigInt(PARTS)) / 2n ** 64n)
    counts[part] = (counts[part] ?? 0) + 1
  }
  const expected = ranks.length / PARTS
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  return {
    ok: chi2 < SUSPICIOUS,
    name: 'ranks are uniform',
    found: `χ² ${chi2.toFixed(1)} over ${PARTS} parts, suspicious from ${SUSPICIOUS} on`,
  }
}

/** Two devices of a family are told the same rank, and it is the one that the published seed gives. */
async function sameOnDevices(port: number, world: World, seed: string): Promise<Verdict> {
  const faults: string[] = []
  const families = world.families.slice(0, DEVICES)
  for (const { cookie, secondCookie = '', household } of families) {
    const own = rankOf(seed, household).toString(16).padStart(16, '0')
    for (const device of [cookie, secondCookie]) {
      const told = DRAWN.exec(await drawPage(port, world, device))?.[1]
      if (told !== own) faults.push(`told ${told}, computed ${own}`)
    }
  }
  return {
    ok: faults.length === 0,
    name: 'the same rank on two devices, as the seed gives it',
    found: faults.length === 0 ? `${families.length} families, two devices each` : faults.slice(0, 3).join('; '),
  }
}

async function published(port: number, world: World): Promise<string[]> {
  return [...(await drawPage(port, world)).matchAll(HEX_64)].map(([, text = '']) => text)
}

async function drawPage(port: number, { period }: World, cookie = ''): Promise<string> {
  const line = connectionTo(port)
  const asked = `GET /centres-de-loisirs/tirage/${period} HTTP/1.1\r\nHost: ${HOST}\r\nX-Forwarded-Proto: https\r\nAccept-Language: fr\r\n`
  try {
    return (await line.ask(`${asked}${cookie ? `Cookie: ${cookie}\r\n` : ''}\r\n`)).body
  } finally {
    line.close()
  }
}
