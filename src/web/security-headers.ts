import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** What our pages never ask the browser for, nor anything in them. A file input may still open the camera by itself. */
const PERMISSIONS = ['browsing-topics', 'camera', 'geolocation', 'microphone', 'payment', 'usb']
  .map(feature => `${feature}=()`)
  .join(', ')

/**
 * The security headers. Pages may load our own style, script and images and nothing else: no inline script, so no nonce.
 * Their forms lead to us and to `formAction`: Chromium applies `form-action` to redirects too, so the payment page that
 * answers a « Payer » must be named. The policy is left off the API, which sends no page.
 * Without https, the rules that would make the browser insist on it are left out.
 */
export function securityHeaders({
  formAction,
  https,
}: {
  formAction: readonly string[]
  https: boolean
}): RequestHandler {
  const common = {
    strictTransportSecurity: https,
    // Not `no-referrer`: with it, browsers send « Origin: null » with our own forms, and we could not tell they are ours.
    referrerPolicy: { policy: 'same-origin' as const },
    xDownloadOptions: false,
    xDnsPrefetchControl: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }
  const forPages = helmet({
    ...common,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'", ...formAction],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
  })
  const forData = helmet({ ...common, contentSecurityPolicy: false })
  return (req, res, next) => {
    if (req.path.startsWith('/api/')) return forData(req, res, next)
    res.setHeader('Permissions-Policy', PERMISSIONS)
    forPages(req, res, next)
  }
}
