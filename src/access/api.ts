import { z } from 'zod'
import { services } from '../kernel/actor.ts'
import { notFound, signInFirst } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import type { Endpoint } from '../web/api.ts'
import { askerOf } from '../web/asker.ts'
import { parse } from '../web/forms.ts'
import { askForReset, forgottenForm } from './password-reset.ts'
import { closeSession, kept, openSession } from './session.ts'
import { signIn, signInForm } from './sign-in.ts'
import { signUp, signUpForm } from './sign-up.ts'
import { accountById } from './store.ts'

const me = z
  .object({
    accountId: z.string(),
    personId: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    email: z.string(),
    language: z.string(),
    clerk: z.boolean(),
    administrator: z.boolean(),
    services: z.array(z.enum(services)),
    /** The resident in whose name this clerk acts now. */
    actingFor: z.string().nullable(),
  })
  .meta({ id: 'Me' })

/** Accounts and sessions: what a program needs to sign in and to know who it is. */
export function accessApi(town: Town): Endpoint[] {
  const whoIs = async (res: Parameters<typeof askerOf>[0]) => {
    const asker = askerOf(res)
    if (asker.kind === 'anonymous' || asker.kind === 'system') throw signInFirst()
    const { accountId } = asker.kind === 'on-behalf' ? asker.clerk : asker
    const account = await accountById(town.db.read, accountId)
    if (!account) throw notFound()
    const { personId, firstName, lastName, email, language, clerk, administrator } = account
    const actingFor = asker.kind === 'on-behalf' ? asker.personId : null
    return {
      accountId,
      personId,
      firstName,
      lastName,
      email,
      language,
      clerk,
      administrator,
      services: account.services,
      actingFor,
    }
  }
  return [
    {
      method: 'post',
      path: '/sessions',
      tag: 'access',
      summary: 'Sign in: the answer sets the session cookie',
      open: true,
      body: signInForm,
      status: 201,
      problems: ['wrong-credentials', 'email-not-confirmed', 'too-many-attempts', 'busy'],
      answer: z.object({ accountId: z.string() }),
      handle: async (req, res) => {
        const account = await signIn(town, parse(signInForm, req.body), { address: req.ip ?? '' })
        await openSession(req, account)
        res.status(201).json({ accountId: account.id })
      },
    },
    {
      method: 'delete',
      path: '/sessions',
      tag: 'access',
      summary: 'Sign out of this session',
      handle: async (req, res) => {
        if (askerOf(res).kind === 'anonymous') throw signInFirst()
        await closeSession(req)
        res.status(204).end()
      },
    },
    {
      method: 'get',
      path: '/me',
      tag: 'access',
      summary: 'Who is signed in',
      answer: me,
      handle: async (_req, res) => {
        res.json(await whoIs(res))
      },
    },
    {
      method: 'post',
      path: '/accounts',
      tag: 'access',
      summary: 'Begin an account: a letter with a link follows. The answer is the same when there is one already',
      open: true,
      body: signUpForm,
      status: 202,
      problems: ['too-many-attempts', 'busy'],
      handle: async (req, res) => {
        const from = { address: req.ip ?? '', language: res.locals['language'] ?? 'fr' }
        req.session.signUp = await signUp(town, parse(signUpForm, req.body), from)
        await kept(req)
        res.status(202).end()
      },
    },
    {
      method: 'post',
      path: '/password-resets',
      tag: 'access',
      summary: 'Ask for a link to choose a new password. The answer is the same when there is no account',
      open: true,
      body: forgottenForm,
      status: 202,
      problems: ['too-many-attempts'],
      handle: async (req, res) => {
        const { email } = parse(forgottenForm, req.body)
        await askForReset(town, email, { address: req.ip ?? '' })
        res.status(202).end()
      },
    },
  ]
}
