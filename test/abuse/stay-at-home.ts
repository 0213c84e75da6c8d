// Loaded into the processes that a test starts as in production: they find no address but this machine's own, so that no
// test ever speaks to Stripe.
import dns from 'node:dns'

const lookup = dns.lookup
const refusing = (host: string, ...rest: unknown[]) => {
  if (['localhost', '127.0.0.1'].includes(host)) return Reflect.apply(lookup, dns, [host, ...rest])
  const done = rest.at(-1) as (error: Error) => void
  process.nextTick(done, Object.assign(new Error(`${host} is away from home`), { code: 'ENOTFOUND' }))
}
Reflect.set(dns, 'lookup', refusing)
