import { conflict, type Problem } from '../../kernel/problems.ts'
import type { Gate } from '../opening/gate.ts'

/** Why a household may not sign up now, for whoever asked all the same. */
export function gateProblem(gate: Exclude<Gate, { state: 'open' }>): Problem {
  switch (gate.state) {
    case 'later':
      return conflict('leisure-later', { opensAt: gate.opensAt.toString() })
    case 'room': {
      const at = gate.turnAt ?? gate.opensAt
      return conflict('leisure-room', { at: at.toString() })
    }
    case 'not-said':
      return conflict('leisure-not-said')
    case 'wishes':
      return conflict('leisure-wishes', { until: gate.until.toString() })
    case 'wishes-closed':
      return conflict('leisure-wishes-closed')
    case 'over':
      return conflict('leisure-over')
  }
}
