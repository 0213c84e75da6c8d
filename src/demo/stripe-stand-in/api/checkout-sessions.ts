import { z } from 'zod'
import { type StandIn, second } from '../context.ts'
import { checkoutOf, expireSession } from '../engine/sessions.ts'
import { badRequest, noSuch } from '../errors.ts'
import { freshId, randomWord } from '../ids.ts'
import { page } from '../lists.ts'
import type { LineItem, Session } from '../objects.ts'
import { email, integer, integerFrom, list, metadata, paging, seconds, text, webUrl, within } from '../params.ts'
import { type Route, route } from '../routes.ts'

const LEAST_CHARGE = 50
const MOST_CHARGE = 99_999_999
const HALF_HOUR = 1800
const DAY = 86_400

/** The languages of Stripe's own page; the stand-in's page is French for `fr…`, English for the others. */
const LOCALES =
  'auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(
    ' ',
  )

/** Up to 22 characters with the account's own prefix; some signs are not allowed (docs.stripe.com/get-started/account/statement-descriptors). */
const statementSuffix = z
  .string()
  .refine(value => /^(?=.*[A-Za-z])[\x20-\x7e]{1,22}$/.test(value) && !/[<>\\'"*]/.test(value), {
    message:
      'The statement descriptor suffix must be 1 to 22 Latin characters with at least one letter, and may not contain < > \\ \' " *',
  })

const lineItem = z.strictObject({
  quantity: integerFrom(1, 999_999),
  price_data: z.strictObject({
    currency: z.enum(['eur']),
    unit_amount: integerFrom(0, MOST_CHARGE),
    product_data: z.strictObject({ name: text(), description: text().optional() }),
  }),
  metadata: metadata.optional(),
})

/** Any of Stripe's ways to pay may be named; the stand-in's account has the two of `METHODS` switched on. */
const methodName = z.string().regex(/^[a-z0-9_]{2,40}$/)
const METHODS = ['card', 'sepa_debit']

const creation = {
  mode: z.enum(['payment']),
  ui_mode: z.enum(['hosted_page']).optional(),
  line_items: list(lineItem),
  success_url: webUrl,
  cancel_url: webUrl.optional(),
  client_reference_id: text(200).optional(),
  customer_email: email.optional(),
  expires_at: integer.optional(),
  locale: z.enum(LOCALES).optional(),
  metadata: metadata.optional(),
  payment_intent_data: z
    .strictObject({
      description: text(1000).optional(),
      metadata: metadata.optional(),
      receipt_email: email.optional(),
      statement_descriptor_suffix: statementSuffix.optional(),
    })
    .optional(),
  allowed_payment_method_types: list(methodName).optional(),
  excluded_payment_method_types: list(methodName).optional(),
  submit_type: z.enum(['auto', 'pay']).optional(),
}
type Creation = z.infer<z.ZodObject<typeof creation>>

export const checkoutSessionRoutes: Route[] = [
  route('POST', '/v1/checkout/sessions', creation, create),
  route('GET', '/v1/checkout/sessions/:id', {}, (standIn, { id }) => find(standIn, id)),
  route('POST', '/v1/checkout/sessions/:id/expire', {}, (standIn, { id, cause }) => {
    const session = find(standIn, id)
    expireSession(standIn, session, cause)
    return session
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', paging, (standIn, { id, path }, params) => {
    const { lineItems } = checkoutOf(standIn, find(standIn, id))
    return page(lineItems.toReversed(), path, params) // in the order of the page, not newest first
  }),
  route(
    'GET',
    '/v1/checkout/sessions',
    {
      ...paging,
      created: seconds.optional(),
      payment_intent: text(255).optional(),
      status: z.enum(['open', 'complete', 'expired']).optional(),
    },
    (standIn, { path }, { created, payment_intent, status, ...params }) => {
      const wanted = [...standIn.store.sessions.values()].filter(
        session =>
          within(session.created, created) &&
          (payment_intent === undefined || session.payment_intent === payment_intent) &&
          (status === undefined || session.status === status),
      )
      return page(wanted, path, params)
    },
  ),
]

function find(standIn: StandIn, id: string): Session {
  const session = standIn.store.sessions.get(id)
  if (!session) throw noSuch('checkout.session', id)
  return session
}

function create(standIn: StandIn, _call: unknown, wish: Creation): Session {
  const id = `cs_test_${randomWord(58)}`
  const now = second(standIn)
  const lineItems = wish.line_items.map(item => lineOf(item, now))
  const total = lineItems.reduce((sum, line) => sum + line.amount_total, 0)
  checkTotal(total)
  const session: Session = {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: wish.allowed_payment_method_types ?? null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: wish.cancel_url ?? null,
    client_reference_id: wish.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency: 'eur',
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: null,
    customer_account: null,
    customer_creation: 'if_required',
    customer_details: null,
    customer_email: wish.customer_email ?? null,
    discounts: [],
    ...(wish.excluded_payment_method_types && { excluded_payment_method_types: wish.excluded_payment_method_types }),
    expires_at: expiryOf(wish.expires_at, now),
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: wish.locale ?? null,
    managed_payments: null,
    metadata: wish.metadata ?? {},
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: methodsOf(wish),
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: wish.submit_type ?? null,
    subscription: null,
    success_url: wish.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${standIn.url}/c/pay/${id}`,
    wallet_options: null,
  }
  const intent = wish.payment_intent_data
  standIn.store.sessions.set(id, session)
  standIn.store.checkouts.set(id, {
    id,
    lineItems,
    lineNotes: wish.line_items.map(item => item.price_data.product_data.description ?? null),
    intent: {
      description: intent?.description ?? null,
      metadata: intent?.metadata ?? {},
      statement_descriptor_suffix: intent?.statement_descriptor_suffix ?? null,
      receipt_email: intent?.receipt_email ?? null,
    },
    challenge: null,
  })
  return session
}

function methodsOf({
  allowed_payment_method_types: allowed,
  excluded_payment_method_types: excluded,
}: Creation): string[] {
  const left = METHODS.filter(method => (allowed?.includes(method) ?? true) && !excluded?.includes(method))
  if (left.length === 0) {
    throw badRequest('No payment method types are left for this Checkout Session: allow card or sepa_debit.')
  }
  return left
}

function checkTotal(total: number): void {
  if (total < LEAST_CHARGE) {
    throw badRequest("The Checkout Session's total amount due must add up to at least €0.50 eur", {
      code: 'amount_too_small',
    })
  }
  if (total > MOST_CHARGE) {
    throw badRequest('The total amount due must be no more than €999,999.99', { code: 'amount_too_large' })
  }
}

function expiryOf(wished: number | undefined, now: number): number {
  if (wished === undefined) return now + DAY
  if (wished < now + HALF_HOUR) {
    throw badRequest('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    })
  }
  if (wished > now + DAY) {
    throw badRequest('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    })
  }
  return wished
}

function lineOf(item: Creation['line_items'][number], now: number): LineItem {
  const { quantity, price_data: price } = item
  const total = price.unit_amount * quantity
  return {
    id: freshId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: total,
    amount_tax: 0,
    amount_total: total,
    currency: price.currency,
    description: price.product_data.name,
    metadata: item.metadata ?? {},
    price: {
      id: freshId('price'),
      object: 'price',
      active: false,
      billing_scheme: 'per_unit',
      created: now,
      currency: price.currency,
      custom_unit_amount: null,
      livemode: false,
      lookup_key: null,
      metadata: {},
      nickname: null,
      product: freshId('prod'),
      recurring: null,
      tax_behavior: 'unspecified',
      tiers_mode: null,
      transform_quantity: null,
      type: 'one_time',
      unit_amount: price.unit_amount,
      unit_amount_decimal: String(price.unit_amount),
    },
    quantity,
  }
}
