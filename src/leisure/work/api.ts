import { z } from 'zod'
import { dayInParis } from '../../kernel/clock.ts'
import { householdOf } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { mustBeThere, readUpload } from '../../uploads/form.ts'
import { type Endpoint, endpoint } from '../../web/api.ts'
import { askerOf } from '../../web/asker.ts'
import { sendWorkProof, workProofsOf } from './work-proofs.ts'
import { periodsForWorkers } from './work-view.ts'

const tag = 'Leisure centres'
const proof = z
  .object({
    id: z.string(),
    state: z.enum(['to-check', 'accepted', 'refused']),
    validUntil: z.iso.date().nullable().meta({ description: 'Last day on which it counts' }),
    refusal: z.string().nullable(),
  })
  .meta({ id: 'LeisureWorkProof' })

/** The proofs that all parents of a household work. */
export function workApi(town: Town): Endpoint[] {
  const { read } = town.db
  return [
    endpoint({
      method: 'get',
      path: '/leisure/work-proofs',
      tag,
      summary: 'The household’s proofs that all parents work, newest first, and the periods they count for',
      answer: z.object({ neededFor: z.array(z.string()), proofs: z.array(proof) }),
      handle: async ({ actor }) => {
        const householdId = await householdOf(read, actor, 'leisure')
        return {
          neededFor: await periodsForWorkers(read, dayInParis(town.clock.now())),
          proofs: (await workProofsOf(read, householdId)).map(({ id, state, validUntil, refusal }) => ({
            id,
            state,
            validUntil: validUntil?.toString() ?? null,
            refusal,
          })),
        }
      },
    }),
    {
      method: 'post',
      path: '/leisure/work-proofs',
      tag,
      summary: 'Send a proof that all parents work (`proof`, a file) as multipart/form-data',
      status: 201,
      answer: z.object({ id: z.string() }),
      problems: ['too-large'],
      handle: async (req, res) => {
        const actor = askerOf(res)
        await householdOf(read, actor, 'leisure')
        const upload = await readUpload(req, res, 'proof')
        const sent = await sendWorkProof(town, actor, mustBeThere(upload, 'proof'), req.get('idempotency-key'))
        res.status(201).json(sent)
      },
    },
  ]
}
