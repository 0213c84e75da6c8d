/** Where everybody reads how the draw of a period works, and checks it. */
export const drawPath = (periodId: string) => `/centres-de-loisirs/tirage/${periodId}`

/** What to type in a shell to check a draw: a family's number may be any. */
export const drawCommands = (seed: string, number: string) => ({
  fingerprint: `printf %s ${seed} | sha256sum`,
  rank: `printf %s ${number} | openssl dgst -sha256 -hmac ${seed}`,
})
