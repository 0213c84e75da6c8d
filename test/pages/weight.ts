import { get, type IncomingMessage } from 'node:http'

/** What an address costs on the wire, headers included, to a browser that has nothing yet. */
export const weigh = (url: string, cookie = '') =>
  new Promise<number>((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip', 'accept-language': 'fr', cookie }
    get(url, { agent: false, headers }, (answer: IncomingMessage) => {
      const { socket } = answer
      answer.resume()
      answer.on('end', () => resolve(socket.bytesRead))
    }).on('error', reject)
  })

/** The same, asked once for each address: files that several pages load. */
export function scale(): (url: string) => Promise<number> {
  const known = new Map<string, Promise<number>>()
  return url => {
    const weight = known.get(url) ?? weigh(url)
    known.set(url, weight)
    return weight
  }
}
