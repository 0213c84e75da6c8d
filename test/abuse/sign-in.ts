import type { TestTown, Visitor } from '../support/town.ts'

/** A browser of one's own, signed in. */
export async function signIn(t: TestTown, { email, password }: { email: string; password: string }): Promise<Visitor> {
  const visitor = t.visitor()
  const answer = await visitor.post('/api/v1/sessions').send({ email, password })
  if (answer.status !== 201) throw new Error(`${email} cannot sign in: ${answer.status} ${answer.text}`)
  return visitor
}
