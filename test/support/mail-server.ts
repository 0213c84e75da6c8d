import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export type MailServer = {
  port: number
  /** All mails received so far, oldest first. */
  mails(): ParsedMail[]
  /** The first mail that fits, waiting for it up to `patience` milliseconds. */
  waitFor(fits: (mail: ParsedMail) => boolean, patience?: number): Promise<ParsedMail>
  /** Every mail is refused 'for now' (SMTP 451, a full or greylisting server), or 'for good' (550, nobody of that name). */
  refuse(on: boolean | 'for-good'): void
  stop(): Promise<void>
}

/** A real SMTP server on 127.0.0.1 that keeps what it is sent. Give the `port` of a stopped one to have it come back. */
export async function startMailServer(port = 0): Promise<MailServer> {
  const received: ParsedMail[] = []
  let refusing: boolean | 'for-good' = false
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    // Clients keep their connections for the next mail.
    closeTimeout: 50,
    onData: (stream, _session, done) => {
      simpleParser(stream)
        .then(mail => {
          if (refusing === 'for-good') return done(Object.assign(new Error('No such user'), { responseCode: 550 }))
          if (refusing) return done(Object.assign(new Error('Try again later'), { responseCode: 451 }))
          received.push(mail)
          done()
        })
        .catch(done)
    },
  })
  // A client that hangs up in the middle is part of some tests.
  server.on('error', () => {})
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  if (!address || typeof address === 'string') throw new Error('the mail server has no port')

  return {
    port: address.port,
    mails: () => [...received],
    waitFor: async (fits, patience = 10_000) => {
      const until = performance.now() + patience
      for (;;) {
        const mail = received.find(fits)
        if (mail) return mail
        if (performance.now() > until) throw new Error(`no such mail came; these did: ${subjects(received)}`)
        await pause(20)
      }
    },
    refuse: on => {
      refusing = on
    },
    stop: () => new Promise(resolve => server.close(resolve)),
  }
}

function subjects(mails: ParsedMail[]): string {
  return mails.map(mail => `« ${mail.subject} »`).join(', ') || 'none'
}
