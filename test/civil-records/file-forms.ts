import type { Id } from '../../src/kernel/ids.ts'
import type { TestTown, Visitor } from '../support/town.ts'
import { requestNow } from './world.ts'

export const page = (id: string, rest = '') => `/guichet/etat-civil/${id}${rest}`

/** The words of a page, as they are read. */
export const text = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, '’')
    .replace(/[\s\u00a0\u202f]+/g, ' ')

/** Takes a file and gives back a way to send its forms, each about the request as it is then. */
export async function desk(t: TestTown, agent: Visitor, id: Id<'civil-request'>, take = true) {
  if (take) await agent.post(page(id, '/prendre')).type('form').send({})
  return {
    send: async (path: string, fields: Record<string, unknown> = {}) => {
      const { version } = await requestNow(t, id)
      return agent
        .post(page(id, `/${path}`))
        .type('form')
        .send({ version, ...fields })
    },
    read: async () => text((await agent.get(page(id))).text),
  }
}
