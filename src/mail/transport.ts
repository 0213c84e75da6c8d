import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type nodemailerModule from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'

export type MailTransport = { send(message: SendMailOptions & { messageId: string }): Promise<void>; close(): void }

// nodemailer takes 50 ms to load: only when the first message leaves.
const nodemailer = () => createRequire(import.meta.url)('nodemailer') as typeof nodemailerModule

/** The town's mail server. A slow or silent one is given up after some seconds; the job tries again later. */
export function smtpTransport(url: string): MailTransport {
  const transport = nodemailer().createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  })
  return {
    send: async message => {
      await transport.sendMail(message)
    },
    close: () => transport.close(),
  }
}

/** Keeps each message as an `.eml` file, named by its id: the demonstration town sends nothing. */
export function folderTransport(folder: string): MailTransport {
  const transport = nodemailer().createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    send: async message => {
      const { message: bytes } = await transport.sendMail(message)
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, `${message.messageId.replace(/[^\w-]+/g, '_')}.eml`), bytes as Buffer)
    },
    close: () => {},
  }
}
