// Written by generate.ts from openapi.json. Do not change by hand.

export interface paths {
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell whether the process runs
         * @description Needs no key. Whoever restarts processes asks here.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read this document
         * @description Needs no key. Fields may be added to it in any version.
         */
        get: operations["getApiDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell whether the service can work
         * @description Needs no key. Whoever routes requests asks here.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys, the latest first
         * @description Those of the caller’s merchant and mode, also those that ended. The keys themselves are never shown again.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key
         * @description A merchant’s key needs the scope `keys`. What it makes ends with it, and after 365 days at the latest; without `expiresAt`, then. A repeat shows the key to the API key that asked first alone.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{keyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an API key
         * @description Every instance refuses it within five seconds. A key may always revoke itself; others need the scope `keys`.
         */
        post: operations["revokeApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{keyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a key that takes another one’s place
         * @description Both work for `overlapSeconds`, then the old one ends. A key may always rotate itself; others need the scope `keys`.
         */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a merchant has, by currency
         * @description Of the key’s merchant and mode, one line per currency.
         */
        get: operations["getBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/commands/{commandId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a command
         * @description It is `PENDING` until its outcome is known and `HELD` while it waits for its turn. An `ACCEPTED` one has its answer in `result`, a `REJECTED` one in `error`.
         */
        get: operations["getCommand"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/commands/{commandId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw a command that waits for its turn
         * @description For the role that sent it, and the operator.
         */
        post: operations["cancelCommand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events, the last recorded first
         * @description Every event is here, whether or not a webhook told of it. To follow them, ask with `order=asc` and go on with `starting_after` the last one, also after an empty page: none is missed, however late it was recorded. `recorded[gte]` and `recorded[lt]` are about when an event was recorded, `created[gte]` and `created[lt]` about when it happened on the clock of its order, which may be earlier, or far ahead in test mode.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{eventId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event
         * @description As webhooks send it.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{eventId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver an event once more
         * @description To one endpoint, or without `webhookEndpointId` to all enabled ones that want its type. The bytes are the same.
         */
        post: operations["replayEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payment intents, the latest first
         * @description Those of the key’s merchant and mode, a page at a time. `created[gte]` and `created[lt]` bound when they were made.
         */
        get: operations["listPaymentIntents"];
        put?: never;
        /**
         * Create a payment intent
         * @description One of type `DELIVERY_VS_PAYMENT` has an escrow order from the beginning. Give `metadata.releaseType` `MILESTONE_LOCKED` to pay it by milestones.
         */
        post: operations["createPaymentIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a payment intent
         * @description Its escrow order, where it has one, is read with `GET …/escrow`.
         */
        get: operations["getPaymentIntent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a payment intent that is not funded
         * @description Its escrow order is cancelled with it. Once it is funded, cancel the escrow order instead.
         */
        post: operations["cancelPaymentIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm a payment intent
         * @description Funds its escrow order in full. In test mode the money is there at once.
         */
        post: operations["confirmPaymentIntent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an escrow order with its milestones
         * @description What became of its money, and its first 100 milestones, by index. An order with more says in `moreMilestones` where they are.
         */
        get: operations["getEscrowOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/advance-clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let an order’s clock run ahead
         * @description In test mode only, to try periods. The answer comes once everything that expired by it is done.
         */
        post: operations["advanceClock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close an order and give back what is left
         * @description Everything that is not released goes to the buyer.
         */
        post: operations["cancelEscrowOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/delivery-proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a proof of delivery
         * @description Always refused: Tranche carries out orders that are locked by milestones, and those are proven milestone by milestone.
         */
        post: operations["submitDeliveryProof"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/dispute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Raise a dispute
         * @description About one milestone, or without `milestoneId` about the whole order. When its window ends undecided, the order’s default decides, except in favour of the party that raised the dispute: then it stays open until the other party gives in or an arbiter or the operator decides. The window is the order’s own; merchant, buyer and arbiter may only lengthen it, the operator may choose.
         */
        post: operations["raiseDispute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/dispute/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resolve a dispute
         * @description A party may give in to the other; only the arbiter and the operator may decide against one. A `PARTIAL_REFUND` names two amounts that add up to the disputed milestone, or to all that is left of the order.
         */
        post: operations["resolveDispute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/dispute/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw a dispute
         * @description For whoever raised it, and the operator.
         */
        post: operations["withdrawDispute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an order’s ledger transactions, oldest first
         * @description Each has legs that add up to zero. The balance is what is in escrow now.
         */
        get: operations["listLedger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List milestones, in index order
         * @description A page at a time. `status` picks those of one status.
         */
        get: operations["listMilestones"];
        put?: never;
        /**
         * Create a milestone
         * @description Milestones are created in the order of their indexes. One that comes before its predecessor waits two seconds for its turn, unless `Prefer` says otherwise.
         */
        post: operations["createMilestone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones/{milestoneId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a milestone
         * @description With its dispute and its payout, where it has them.
         */
        get: operations["getMilestone"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Amend a pending milestone
         * @description Fields that are left out stay as they are.
         */
        patch: operations["amendMilestone"];
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones/{milestoneId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a pending milestone
         * @description Its amount can be allocated again, and its index stays taken. Later milestones do not wait for it.
         */
        post: operations["cancelMilestone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones/{milestoneId}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a milestone
         * @description Its work is done. Where the order says so, release follows by itself.
         */
        post: operations["completeMilestone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones/{milestoneId}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extend a running inspection period
         * @description The period ends later by `seconds`; at most 90 days can be added in all.
         */
        post: operations["extendMilestone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones/{milestoneId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release a milestone’s money
         * @description With `amount` a part of it; the rest goes back to the buyer, who may release in full only. One that waits for its turn is refused once the merchant changes what its milestone is worth.
         */
        post: operations["releaseMilestone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones/{milestoneId}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reopen a completed milestone
         * @description Its work was rejected. It is pending again and may be completed again.
         */
        post: operations["reopenMilestone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/milestones/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create several milestones, all or none
         * @description With `dryRun` nothing is created, and the answer tells for each item why it would be refused.
         */
        post: operations["createMilestoneBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give unallocated money back to the buyer
         * @description Without `amount`, all of it.
         */
        post: operations["refundEscrowOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-intents/{intentId}/escrow/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what happened to an order, oldest first
         * @description Every command that had an outcome, also those that were rejected, with who asked for it.
         */
        get: operations["listTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payouts, the latest first
         * @description Those of the key’s merchant and mode, a page at a time. `status=failed` lists what can be tried again.
         */
        get: operations["listPayouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payouts/{payoutId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a payout
         * @description `lastError` tells why its last try failed.
         */
        get: operations["getPayout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payouts/{payoutId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a failed payout again
         * @description Safe also where it may have been paid: the settlement pays a key once.
         */
        post: operations["retryPayout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook endpoints, the latest first
         * @description Those of the key’s merchant and mode, a page at a time.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Have events sent to a URL
         * @description From now on, events of the types in `events` are sent there, `*` being all. Verify them with the secret in the answer, which is not shown again.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{endpointId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook endpoint
         * @description Also tells whether its deliveries fail, and since when.
         */
        get: operations["getWebhookEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook endpoint
         * @description Nothing is sent to it any more, also what was waiting.
         */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change, disable or enable a webhook endpoint
         * @description A disabled endpoint misses what happens meanwhile. It can be replayed when it is enabled again.
         */
        patch: operations["changeWebhookEndpoint"];
        trace?: never;
    };
    "/v1/webhook-endpoints/{endpointId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent to a webhook endpoint, the latest first
         * @description `status=failed` lists what was given up.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{endpointId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver the events of a time once more
         * @description Those recorded from `from` on and before `to`, the oldest first, at most 10 000 at a time.
         */
        post: operations["replayToWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{endpointId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook endpoint another secret
         * @description For `overlapSeconds`, 24 hours unless told otherwise, webhooks are signed with both.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{endpointId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event
         * @description To this endpoint alone, whatever types it wants. Read what became of it in the endpoint’s deliveries.
         */
        post: operations["testWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell the version of the service
         * @description Needs no key.
         */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Actor: {
            /** @description The merchant for a key of a merchant, the key for any other */
            id: string;
            keyId?: string;
            keyName?: string;
            role: components["schemas"]["ActorRole"];
            via?: components["schemas"]["ActorVia"];
        };
        /** @enum {string} */
        ActorRole: "merchant" | "buyer" | "arbiter" | "operator" | "system";
        /** @enum {string} */
        ActorVia: "api" | "temporal" | "system";
        AdvanceClockRequest: {
            /** Format: int32 */
            seconds: number;
        };
        AmendMilestoneRequest: {
            /**
             * @description A decimal string greater than 0, with no more decimals than the currency has
             * @example 300.00
             */
            amount?: string;
            description?: string | null;
            dueAt?: string | null;
            percentage?: number | null;
        };
        /**
         * @description A decimal string with at least two decimals
         * @example 300.00
         */
        Amount: string;
        ApiKey: {
            data: components["schemas"]["ApiKeyData"];
            id: string;
            /** @constant */
            object: "api_key";
        };
        ApiKeyData: {
            createdAt: components["schemas"]["Instant"];
            /** @description The API key that asked for it; null: made on the command line */
            createdBy: string | null;
            escrowOrderId: string | null;
            expiresAt: components["schemas"]["Instant"] | null;
            id: string;
            lastFour: string;
            /** @description To the minute */
            lastUsedAt: components["schemas"]["Instant"] | null;
            mode: components["schemas"]["Mode"];
            name: string | null;
            replacedBy: string | null;
            revokedAt: components["schemas"]["Instant"] | null;
            role: components["schemas"]["Role"];
            scopes: "keys"[];
        };
        ApiKeyList: {
            data: components["schemas"]["ApiKey"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        Balance: {
            data: components["schemas"]["CurrencyBalance"][];
            id: string;
            /** @constant */
            object: "balance";
        };
        CancelCommandRequest: Record<string, never>;
        CancelEscrowOrderRequest: {
            reason?: string;
        };
        CancelMilestoneRequest: {
            reason?: string;
        };
        CancelPaymentIntentRequest: {
            reason?: string;
        };
        ChangeWebhookEndpointRequest: {
            description?: string | null;
            events?: components["schemas"]["EventFilter"][];
            status?: components["schemas"]["WebhookEndpointStatus"];
            url?: string;
        };
        ClockAdvance: {
            advancedTo: components["schemas"]["Instant"];
            /** @constant */
            object: "clock";
            /** Format: int64 */
            seconds: number;
            /** @constant */
            status: "advanced";
        };
        Command: {
            data: components["schemas"]["CommandData"];
            id: string;
            /** @constant */
            object: "command";
        };
        CommandData: {
            createdAt: components["schemas"]["Instant"];
            /** @description Of a rejected command: the error that it answered */
            error?: components["schemas"]["ErrorDetails"];
            escrowOrderId: string;
            id: string;
            paymentIntentId: string;
            /** @description Of a rejected command: what its answer says in the header Error-Reason */
            reason?: components["schemas"]["Reason"];
            /** @description Of an accepted command: the body that it answered */
            result?: {
                [key: string]: unknown;
            };
            status: components["schemas"]["CommandStatus"];
            type: components["schemas"]["CommandType"];
            /** @description Of a held command: what its turn waits for */
            waitingFor?: string;
        };
        /** @enum {string} */
        CommandStatus: "PENDING" | "HELD" | "ACCEPTED" | "REJECTED";
        /** @enum {string} */
        CommandType: "milestone.create" | "milestone.complete" | "milestone.release" | "milestone.amend" | "milestone.cancel" | "milestone.reopen" | "milestone.extend" | "milestone.remind" | "milestone.expire" | "milestone_batch.create" | "dispute.raise" | "dispute.resolve" | "dispute.withdraw" | "order.fund" | "order.refund" | "order.cancel" | "order.advance_clock" | "payment_intent.cancel" | "payout.settle" | "payout.retry" | "command.cancel" | "unknown";
        CompleteMilestoneRequest: {
            completedBy: string;
            completionProof?: string;
            completionProofURI?: string;
        };
        ConfirmPaymentIntentRequest: {
            payerAddress?: string;
            signature?: string;
        };
        CreateApiKeyRequest: {
            escrowOrderId?: string | null;
            expiresAt?: string | null;
            name?: string | null;
            role: components["schemas"]["Role"];
        };
        CreateMilestoneBatchRequest: {
            dryRun?: boolean;
            milestones: {
                /**
                 * @description A decimal string greater than 0, with no more decimals than the currency has
                 * @example 300.00
                 */
                amount: string;
                description?: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339 with its offset; read in whole seconds
                 */
                dueAt?: string;
                metadata?: {
                    [key: string]: string;
                };
                /** Format: int32 */
                milestoneIndex: number;
                percentage?: number | null;
            }[];
        };
        CreateMilestoneRequest: {
            /**
             * @description A decimal string greater than 0, with no more decimals than the currency has
             * @example 300.00
             */
            amount: string;
            description?: string | null;
            /**
             * Format: date-time
             * @description RFC 3339 with its offset; read in whole seconds
             */
            dueAt?: string;
            metadata?: {
                [key: string]: string;
            };
            /** Format: int32 */
            milestoneIndex: number;
            percentage?: number | null;
        };
        CreatePaymentIntentRequest: {
            /** @description A decimal string greater than 0, with no more decimals than the currency has */
            amount: string;
            autoRelease?: boolean;
            currency: components["schemas"]["Currency"];
            deliveryOracle?: string;
            /** Format: int64 */
            deliveryPeriod?: number;
            description?: string | null;
            expectedDeliveryHash?: string;
            metadata?: {
                [key: string]: string | number | boolean;
            };
            milestoneTerms?: {
                disputeDefault?: components["schemas"]["DisputeDefault"];
                /** Format: int32 */
                disputeWindowSeconds?: number;
                inspectionPeriodSeconds?: number | null;
                onOverdue?: components["schemas"]["OverdueRule"];
                releaseBy?: components["schemas"]["Releaser"];
            };
            settlementDestination: string;
            settlementMethod: components["schemas"]["SettlementMethod"];
            type: components["schemas"]["PaymentIntentType"];
        };
        CreateWebhookEndpointRequest: {
            description?: string | null;
            events?: components["schemas"]["EventFilter"][];
            url: string;
        };
        /** @enum {string} */
        Currency: "USDC" | "USDT" | "DAI" | "USD" | "EUR";
        CurrencyBalance: {
            currency: components["schemas"]["Currency"];
            inEscrow: components["schemas"]["Amount"];
            paidOut: components["schemas"]["Amount"];
            payoutPending: components["schemas"]["Amount"];
        };
        DeliveryProof: {
            /** @constant */
            object: "delivery_proof";
            /** @constant */
            status: "accepted";
        };
        /** @enum {string} */
        DisputeDefault: "BUYER_WON" | "MERCHANT_WON";
        /** @enum {string} */
        DisputeEnd: "MERCHANT_WON" | "BUYER_WON" | "PARTIAL_REFUND" | "WITHDRAWN";
        DisputeRaised: {
            /** @constant */
            object: "dispute";
            /** @constant */
            status: "raised";
        };
        /** @enum {string} */
        DisputeResolution: "MERCHANT_WON" | "BUYER_WON" | "PARTIAL_REFUND";
        DisputeResolved: {
            buyerAmount: components["schemas"]["Amount"];
            merchantAmount: components["schemas"]["Amount"];
            /** @constant */
            object: "dispute";
            resolution: components["schemas"]["DisputeResolution"];
            /** @constant */
            status: "resolved";
        };
        DisputeWithdrawn: {
            /** @constant */
            object: "dispute";
            /** @constant */
            status: "withdrawn";
        };
        Error: {
            error: components["schemas"]["ErrorDetails"];
        };
        /** @enum {string} */
        ErrorCode: "authentication_required" | "forbidden" | "invalid_request" | "invalid_request_error" | "invalid_status" | "invalid_state_transition" | "resource_missing" | "rate_limit_exceeded" | "idempotency_in_progress" | "idempotency_key_reused" | "service_unavailable" | "internal_error";
        ErrorDetails: {
            code: components["schemas"]["ErrorCode"];
            /** @description For people. Switch on the header Error-Reason instead. */
            message: string;
            /** @description The field at fault */
            param?: string;
            /**
             * Format: int32
             * @description Seconds
             */
            retryAfter?: number;
            type: components["schemas"]["ErrorType"];
        };
        /** @enum {string} */
        ErrorType: "invalid_request_error" | "authentication_error" | "rate_limit_error" | "api_error";
        EscrowOrder: {
            data: components["schemas"]["EscrowOrderData"];
            id: string;
            /** @constant */
            object: "escrow_order";
        };
        EscrowOrderCancellation: {
            /** @constant */
            object: "escrow_order";
            refundedAmount: components["schemas"]["Amount"];
            /** @constant */
            status: "cancelled";
        };
        EscrowOrderData: {
            /** @description Null: nothing that Tranche is connected to gives it */
            actualDeliveryHash: string | null;
            allocatedAmount: components["schemas"]["Amount"];
            amount: components["schemas"]["Amount"];
            autoReleaseOnProof: boolean;
            /** @description Null: nothing that Tranche is connected to gives it */
            buyerAddress: string | null;
            /** @description Null: nothing that Tranche is connected to gives it */
            contractAddress: string | null;
            createdAt: components["schemas"]["Instant"];
            currency: components["schemas"]["Currency"];
            /** @description Null: nothing that Tranche is connected to gives it */
            deliveryDeadline: components["schemas"]["Instant"] | null;
            deliveryOracle: string | null;
            deliveryPeriod: number | null;
            /** @description False: the order’s default would pay the party that raised the open dispute, so it waits until the other party gives in or an arbiter or the operator decides; or one of them has, and the decision waits for its turn */
            disputeDefaultApplies?: boolean | null;
            disputeEndedAt?: components["schemas"]["Instant"] | null;
            /** @description When the order’s default decides the open dispute; null where that never happens */
            disputeEndsAt?: components["schemas"]["Instant"] | null;
            disputeRaisedAt: components["schemas"]["Instant"] | null;
            disputeRaisedBy: string | null;
            disputeReason: string | null;
            disputeResolution?: components["schemas"]["DisputeEnd"] | null;
            /** @description Seconds */
            disputeWindow: string;
            expectedDeliveryHash: string | null;
            fundedAmount: components["schemas"]["Amount"];
            id: string;
            merchantId: string;
            milestones: components["schemas"]["MilestoneData"][];
            milestoneTerms?: components["schemas"]["MilestoneTerms"];
            /** @description Where an order with more milestones has the next ones: a path of this API */
            moreMilestones?: string;
            orderId: string;
            orderStatus: components["schemas"]["EscrowOrderStatus"];
            paymentIntentId: string;
            refundedAmount: components["schemas"]["Amount"];
            releasedAmount: components["schemas"]["Amount"];
            releasedAt: components["schemas"]["Instant"] | null;
            releaseType: string;
            remainingAmount: components["schemas"]["Amount"];
            settlementStatus: components["schemas"]["SettlementStatus"];
            /** @description Null: nothing that Tranche is connected to gives it */
            tokenAddress: string | null;
            /** @description What keeps the order open although all its milestones are settled: it belongs to none. Refund it (`POST …/escrow/refund`) or give it to a new milestone */
            unallocatedAmount?: components["schemas"]["Amount"];
            updatedAt: components["schemas"]["Instant"];
            /** Format: int64 */
            version: number;
        };
        /** @enum {string} */
        EscrowOrderStatus: "PENDING" | "DISPUTED" | "COMPLETED" | "CANCELLED";
        Event: {
            actor?: components["schemas"]["Actor"];
            /** @description When it happened, on the clock of its order */
            created: components["schemas"]["Instant"];
            data: components["schemas"]["EventData"];
            escrowOrderId: string | null;
            id: string;
            /** @constant */
            object: "event";
            /** @description When it was recorded; missing in what versions up to 0.3.0 recorded */
            recorded?: components["schemas"]["Instant"];
            /** @description Of its escrow order: 1, 2, 3 … without gap */
            sequence: number | null;
            type: components["schemas"]["EventType"];
        };
        EventData: {
            /** @description What it is about, as the event left it */
            object: {
                object: string;
            } & {
                [key: string]: unknown;
            };
        };
        /** @enum {string} */
        EventFilter: "*" | "payment_intent.created" | "payment_intent.status_changed" | "escrow_order.created" | "escrow_order.funded" | "escrow_order.completed" | "escrow_order.cancelled" | "escrow_order.refunded" | "milestone.created" | "milestone.completed" | "milestone.released" | "milestone.refunded" | "milestone.cancelled" | "milestone.reopened" | "milestone.amended" | "milestone.extended" | "milestone.inspection_ending" | "milestone.overdue" | "payout.created" | "payout.retried" | "payout.paid" | "payout.failed" | "dispute.raised" | "dispute.resolved" | "webhook_endpoint.disabled" | "webhook_endpoint.test";
        EventList: {
            data: components["schemas"]["Event"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        /** @enum {string} */
        EventType: "payment_intent.created" | "payment_intent.status_changed" | "escrow_order.created" | "escrow_order.funded" | "escrow_order.completed" | "escrow_order.cancelled" | "escrow_order.refunded" | "milestone.created" | "milestone.completed" | "milestone.released" | "milestone.refunded" | "milestone.cancelled" | "milestone.reopened" | "milestone.amended" | "milestone.extended" | "milestone.inspection_ending" | "milestone.overdue" | "payout.created" | "payout.retried" | "payout.paid" | "payout.failed" | "dispute.raised" | "dispute.resolved" | "webhook_endpoint.disabled" | "webhook_endpoint.test";
        ExtendMilestoneRequest: {
            /** Format: int32 */
            seconds: number;
        };
        /** @enum {string} */
        HealthCheck: "ok" | "failed";
        /**
         * Format: date-time
         * @description ISO 8601, UTC, in whole seconds
         * @example 2026-01-31T12:00:00Z
         */
        Instant: string;
        /** @enum {string} */
        LedgerAccount: "external" | "escrow" | "merchant";
        LedgerBalance: {
            /** @constant */
            account: "escrow";
            amount: components["schemas"]["Amount"];
            currency: components["schemas"]["Currency"];
        };
        /** @enum {string} */
        LedgerDirection: "debit" | "credit";
        LedgerPage: {
            balances: components["schemas"]["LedgerBalance"][];
            data: components["schemas"]["LedgerTransaction"][];
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        LedgerPosting: {
            account: components["schemas"]["LedgerAccount"];
            amount: components["schemas"]["Amount"];
            currency: components["schemas"]["Currency"];
            direction: components["schemas"]["LedgerDirection"];
        };
        LedgerTransaction: {
            data: components["schemas"]["LedgerTransactionData"];
            id: string;
            /** @constant */
            object: "ledger_transaction";
        };
        LedgerTransactionData: {
            at: components["schemas"]["Instant"];
            escrowOrderId: string;
            id: string;
            paymentIntentId: string;
            postings: components["schemas"]["LedgerPosting"][];
            timelineEntryId: string;
            type: components["schemas"]["LedgerTransactionType"];
        };
        /** @enum {string} */
        LedgerTransactionType: "fund" | "release" | "refund" | "payout";
        Liveness: {
            /** @constant */
            status: "ok";
        };
        Milestone: {
            data: components["schemas"]["MilestoneData"];
            id: string;
            /** @constant */
            object: "milestone";
        };
        MilestoneBatchJudgement: {
            data: components["schemas"]["MilestoneBatchJudgementData"];
            /** @constant */
            object: "milestone_batch";
        };
        MilestoneBatchJudgementData: {
            items: components["schemas"]["MilestoneJudgement"][];
            valid: boolean;
        };
        MilestoneCompletion: {
            /** @constant */
            object: "milestone";
            /** @constant */
            status: "completed";
        };
        MilestoneData: {
            amount: components["schemas"]["Amount"];
            cancelledAt?: components["schemas"]["Instant"];
            completedAt?: components["schemas"]["Instant"];
            completedBy?: string;
            completionProof?: string;
            completionProofURI?: string;
            createdAt: components["schemas"]["Instant"];
            description: string | null;
            dispute?: components["schemas"]["MilestoneDispute"];
            dueAt?: components["schemas"]["Instant"];
            escrowOrderId: string;
            id: string;
            inspectionEndsAt?: components["schemas"]["Instant"];
            metadata?: {
                [key: string]: string;
            };
            /** Format: int32 */
            milestoneIndex: number;
            overdueAt?: components["schemas"]["Instant"];
            paymentIntentId: string;
            payout?: components["schemas"]["PayoutSummary"];
            /** Format: double */
            percentage: number | null;
            refundedAmount?: components["schemas"]["Amount"];
            releasedAmount?: components["schemas"]["Amount"];
            releasedAt?: components["schemas"]["Instant"];
            releasedBy?: string;
            status: components["schemas"]["MilestoneStatus"];
        };
        MilestoneDispute: {
            endedAt?: components["schemas"]["Instant"];
            endsAt: components["schemas"]["Instant"];
            raisedAt: components["schemas"]["Instant"];
            raisedBy: string;
            reason: string;
            resolution?: string;
        };
        MilestoneJudgement: {
            error?: components["schemas"]["ErrorDetails"];
            /** Format: int32 */
            milestoneIndex: number;
            valid: boolean;
        };
        MilestoneList: {
            data: components["schemas"]["Milestone"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        /** @enum {string} */
        MilestoneStatus: "PENDING" | "COMPLETED" | "RELEASED" | "CANCELLED" | "REFUNDED";
        MilestoneTerms: {
            disputeDefault: components["schemas"]["DisputeDefault"];
            /** Format: int64 */
            disputeWindowSeconds: number;
            inspectionPeriodSeconds: number | null;
            onOverdue: components["schemas"]["OverdueRule"];
            releaseBy: components["schemas"]["Releaser"];
        };
        /** @enum {string} */
        Mode: "test" | "live";
        NewApiKey: {
            data: components["schemas"]["NewApiKeyData"];
            id: string;
            /** @constant */
            object: "api_key";
        };
        NewApiKeyData: {
            createdAt: components["schemas"]["Instant"];
            /** @description The API key that asked for it; null: made on the command line */
            createdBy: string | null;
            escrowOrderId: string | null;
            expiresAt: components["schemas"]["Instant"] | null;
            id: string;
            /** @description The key itself: shown here and never again */
            key: string;
            lastFour: string;
            /** @description To the minute */
            lastUsedAt: components["schemas"]["Instant"] | null;
            mode: components["schemas"]["Mode"];
            name: string | null;
            replacedBy: string | null;
            revokedAt: components["schemas"]["Instant"] | null;
            role: components["schemas"]["Role"];
            scopes: "keys"[];
        };
        NewWebhookEndpoint: {
            data: components["schemas"]["NewWebhookEndpointData"];
            id: string;
            /** @constant */
            object: "webhook_endpoint";
        };
        NewWebhookEndpointData: {
            createdAt: components["schemas"]["Instant"];
            description: string | null;
            disabledAt: components["schemas"]["Instant"] | null;
            disabledReason: components["schemas"]["WebhookEndpointDisabledReason"] | null;
            events: components["schemas"]["EventFilter"][];
            /** @description Since when every attempt failed */
            failingSince: components["schemas"]["Instant"] | null;
            id: string;
            lastError: string | null;
            mode: components["schemas"]["Mode"];
            /** @description Until when the secret before this one signs, too */
            previousSecretEndsAt: components["schemas"]["Instant"] | null;
            /** @description What its webhooks are signed with: shown here and never again */
            secret: string;
            status: components["schemas"]["WebhookEndpointStatus"];
            updatedAt: components["schemas"]["Instant"];
            url: string;
        };
        /** @enum {string} */
        Outcome: "accepted" | "rejected" | "held";
        /** @enum {string} */
        OverdueRule: "event" | "refund";
        PaymentIntent: {
            created: components["schemas"]["Instant"];
            data: components["schemas"]["PaymentIntentData"];
            id: string;
            /** @constant */
            object: "payment_intent";
            status: components["schemas"]["PaymentIntentStatus"];
            updated: components["schemas"]["Instant"];
        };
        PaymentIntentData: {
            amount: components["schemas"]["Amount"];
            created: components["schemas"]["Instant"];
            currency: components["schemas"]["Currency"];
            deliveryOracle?: string;
            /** Format: int64 */
            deliveryPeriod?: number;
            description: string | null;
            expectedDeliveryHash?: string;
            id: string;
            /** @description For keys of role merchant and operator */
            metadata?: {
                [key: string]: string | number | boolean;
            };
            /** @constant */
            object: "payment_intent";
            /** @description For keys of role merchant and operator */
            settlementDestination?: string;
            settlementMethod: components["schemas"]["SettlementMethod"];
            status: components["schemas"]["PaymentIntentStatus"];
            type: components["schemas"]["PaymentIntentType"];
            updated: components["schemas"]["Instant"];
        };
        PaymentIntentList: {
            data: components["schemas"]["PaymentIntent"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        /** @enum {string} */
        PaymentIntentStatus: "INITIATED" | "SUCCEEDED" | "CANCELLED";
        /** @enum {string} */
        PaymentIntentType: "CONSENTED_PULL" | "DELIVERY_VS_PAYMENT";
        Payout: {
            data: components["schemas"]["PayoutData"];
            id: string;
            /** @constant */
            object: "payout";
        };
        PayoutData: {
            amount: components["schemas"]["Amount"];
            /** Format: int32 */
            attempts: number;
            createdAt: components["schemas"]["Instant"];
            currency: components["schemas"]["Currency"];
            escrowOrderId: string;
            id: string;
            lastError: string | null;
            milestoneId: string | null;
            paidAt: components["schemas"]["Instant"] | null;
            paymentIntentId: string;
            reference: string | null;
            settlementDestination: string;
            settlementMethod: string;
            status: components["schemas"]["PayoutStatus"];
        };
        PayoutList: {
            data: components["schemas"]["Payout"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        /** @enum {string} */
        PayoutStatus: "pending" | "paid" | "failed";
        PayoutSummary: {
            /** Format: int32 */
            attempts: number;
            id: string;
            lastError?: string;
            paidAt?: components["schemas"]["Instant"];
            status: components["schemas"]["PayoutStatus"];
        };
        RaiseDisputeRequest: {
            /** @description Seconds; not less than the order’s own window, which is the default */
            disputeWindow?: string;
            milestoneId?: string;
            raisedBy: string;
            reason: string;
        };
        Readiness: {
            checks: {
                [key: string]: components["schemas"]["HealthCheck"];
            };
            status: components["schemas"]["ReadinessStatus"];
        };
        /** @enum {string} */
        ReadinessStatus: "ready" | "degraded";
        /** @enum {string} */
        ReadingOrder: "asc" | "desc";
        /** @enum {string} */
        Reason: "invalid_command" | "role_not_allowed" | "test_mode_only" | "order_not_milestone_locked" | "order_already_funded" | "order_closed" | "order_not_funded" | "nothing_to_refund" | "refund_exceeds_unallocated" | "dispute_already_raised" | "dispute_missing" | "dispute_decided" | "dispute_window_refused" | "split_mismatch" | "payout_missing" | "payout_not_pending" | "payout_not_failed" | "command_not_held" | "milestone_index_taken" | "milestone_missing" | "milestone_already_released" | "milestone_already_completed" | "milestone_cancelled" | "milestone_refunded" | "milestone_amended" | "later_milestone_completed" | "inspection_not_running" | "extension_too_long" | "deadline_not_reached" | "release_exceeds_milestone" | "total_exceeds_order" | "order_disputed" | "milestone_disputed" | "previous_milestone_missing" | "previous_milestone_open" | "previous_milestone_unreleased" | "milestone_not_completed" | "due_date_passed" | "held_commands_full" | "command_cancelled" | "internal_conflict";
        Refund: {
            amount: components["schemas"]["Amount"];
            /** @constant */
            object: "refund";
            /** @constant */
            status: "refunded";
        };
        RefundEscrowOrderRequest: {
            /**
             * @description A decimal string greater than 0, with no more decimals than the currency has
             * @example 300.00
             */
            amount?: string;
            reason?: string;
        };
        ReleaseMilestoneRequest: {
            /**
             * @description A decimal string greater than 0, with no more decimals than the currency has
             * @example 300.00
             */
            amount?: string;
            releasedBy?: string;
        };
        /** @enum {string} */
        Releaser: "merchant" | "buyer";
        ReopenMilestoneRequest: {
            reason: string;
        };
        ReplayEventRequest: {
            webhookEndpointId?: string;
        };
        ReplayToWebhookEndpointRequest: {
            /**
             * Format: date-time
             * @description RFC 3339 with its offset; read in whole seconds
             */
            from: string;
            /**
             * Format: date-time
             * @description RFC 3339 with its offset; read in whole seconds
             */
            to?: string;
            types?: components["schemas"]["EventType"][];
        };
        ResolveDisputeRequest: {
            /**
             * @description A decimal string greater than 0, with no more decimals than the currency has
             * @example 300.00
             */
            buyerAmount?: string;
            /**
             * @description A decimal string greater than 0, with no more decimals than the currency has
             * @example 300.00
             */
            merchantAmount?: string;
            reason?: string;
            resolution: components["schemas"]["DisputeResolution"];
        };
        RetryPayoutRequest: Record<string, never>;
        RevokeApiKeyRequest: Record<string, never>;
        /** @enum {string} */
        Role: "merchant" | "buyer" | "arbiter" | "operator";
        RotateApiKeyRequest: {
            /**
             * Format: int32
             * @default 86400
             */
            overlapSeconds?: number;
        };
        RotateWebhookSecretRequest: {
            /**
             * Format: int32
             * @default 86400
             */
            overlapSeconds?: number;
        };
        /** @enum {string} */
        SettlementMethod: "OFF_RAMP_MOCK" | "OFF_RAMP_TO_RTP" | "OFF_RAMP_TO_BANK";
        /** @enum {string} */
        SettlementStatus: "NONE" | "SCHEDULED" | "EXECUTED" | "CONFIRMED" | "CANCELLED";
        SubmitDeliveryProofRequest: {
            [key: string]: unknown;
        };
        TestWebhookEndpointRequest: Record<string, never>;
        TimelineEntry: {
            data: components["schemas"]["TimelineEntryData"];
            id: string;
            /** @constant */
            object: "timeline_entry";
        };
        TimelineEntryData: {
            actor: components["schemas"]["Actor"];
            amount?: components["schemas"]["Amount"];
            at: components["schemas"]["Instant"];
            commandId: string;
            escrowOrderId: string;
            events?: components["schemas"]["TimelineEvent"][];
            id: string;
            message?: string;
            milestoneId?: string;
            /** Format: int32 */
            milestoneIndex?: number;
            outcome: components["schemas"]["Outcome"];
            paymentIntentId: string;
            reason?: components["schemas"]["Reason"];
            type: components["schemas"]["CommandType"];
            until?: components["schemas"]["Instant"];
            /** Format: int64 */
            version: number;
            waitingFor?: string;
        };
        TimelineEntryList: {
            data: components["schemas"]["TimelineEntry"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        TimelineEvent: {
            amount?: components["schemas"]["Amount"];
            /** Format: int32 */
            attempts?: number;
            buyerAmount?: components["schemas"]["Amount"];
            commandId?: string;
            completedBy?: string;
            completionProof?: string;
            completionProofURI?: string;
            /**
             * @description Only false: the order’s default would pay the party that raised the dispute, so somebody has to decide it
             * @constant
             */
            defaultApplies?: false;
            description?: string;
            dueAt?: components["schemas"]["Instant"] | null;
            endsAt?: components["schemas"]["Instant"];
            inspectionEndsAt?: components["schemas"]["Instant"];
            merchantAmount?: components["schemas"]["Amount"];
            metadata?: {
                [key: string]: string;
            };
            milestoneId?: string;
            /** Format: int32 */
            milestoneIndex?: number;
            /** Format: double */
            percentage?: number;
            previousAmount?: components["schemas"]["Amount"];
            raisedBy?: string;
            reason?: string;
            reference?: string;
            refundedAmount?: components["schemas"]["Amount"];
            releasedBy?: string;
            resolution?: string;
            /** Format: int64 */
            seconds?: number;
            type: string;
            /** Format: int64 */
            windowSeconds?: number;
        };
        Unreadiness: {
            checks: {
                [key: string]: components["schemas"]["HealthCheck"];
            };
            /** @enum {string} */
            status: "unavailable";
        };
        Version: {
            version: string;
        };
        WebhookDelivery: {
            data: components["schemas"]["WebhookDeliveryData"];
            id: string;
            /** @constant */
            object: "webhook_delivery";
        };
        WebhookDeliveryData: {
            /** Format: int32 */
            attempts: number;
            createdAt: components["schemas"]["Instant"];
            deliveredAt: components["schemas"]["Instant"] | null;
            escrowOrderId: string | null;
            eventId: string;
            eventType: components["schemas"]["EventType"];
            id: string;
            lastAttemptAt: components["schemas"]["Instant"] | null;
            lastDurationMs: number | null;
            lastError: string | null;
            lastStatusCode: number | null;
            nextAttemptAt: components["schemas"]["Instant"] | null;
            /** Format: int32 */
            replays: number;
            sequence: number | null;
            status: components["schemas"]["WebhookDeliveryStatus"];
            webhookEndpointId: string;
        };
        WebhookDeliveryList: {
            data: components["schemas"]["WebhookDelivery"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        /** @enum {string} */
        WebhookDeliveryStatus: "pending" | "delivered" | "failed";
        WebhookEndpoint: {
            data: components["schemas"]["WebhookEndpointData"];
            id: string;
            /** @constant */
            object: "webhook_endpoint";
        };
        WebhookEndpointData: {
            createdAt: components["schemas"]["Instant"];
            description: string | null;
            disabledAt: components["schemas"]["Instant"] | null;
            disabledReason: components["schemas"]["WebhookEndpointDisabledReason"] | null;
            events: components["schemas"]["EventFilter"][];
            /** @description Since when every attempt failed */
            failingSince: components["schemas"]["Instant"] | null;
            id: string;
            lastError: string | null;
            mode: components["schemas"]["Mode"];
            /** @description Until when the secret before this one signs, too */
            previousSecretEndsAt: components["schemas"]["Instant"] | null;
            status: components["schemas"]["WebhookEndpointStatus"];
            updatedAt: components["schemas"]["Instant"];
            url: string;
        };
        WebhookEndpointDeletion: {
            /** @constant */
            object: "webhook_endpoint";
            /** @constant */
            status: "deleted";
        };
        /** @enum {string} */
        WebhookEndpointDisabledReason: "request" | "gone" | "failing";
        WebhookEndpointList: {
            data: components["schemas"]["WebhookEndpoint"][];
            /** @description Whether there is another page after this one */
            hasMore: boolean;
            /** @constant */
            object: "list";
        };
        /** @enum {string} */
        WebhookEndpointStatus: "enabled" | "disabled";
        WebhookReplay: {
            /** Format: int32 */
            count: number;
            hasMore: boolean;
            /** @constant */
            object: "webhook_replay";
            /** @constant */
            status: "started";
        };
        WithdrawDisputeRequest: {
            reason?: string;
        };
    };
    responses: {
        /** @description The command waits for its turn, or its outcome is not known yet */
        CommandAccepted: {
            headers: {
                "Command-Id": components["headers"]["Command-Id"];
                "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                Location: components["headers"]["Location"];
                "Preference-Applied": components["headers"]["Preference-Applied"];
                "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Command"];
            };
        };
        /** @description The first request with this Idempotency-Key is still at work */
        Conflict: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is too large */
        ContentTooLarge: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A fault of the service */
        InternalServerError: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The headers are too large */
        RequestHeaderFieldsTooLarge: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The request took too long to arrive */
        RequestTimeout: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description Too many requests */
        TooManyRequests: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "Retry-After": components["headers"]["Retry-After"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description There is no API key */
        Unauthorized: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The Idempotency-Key was used for another request */
        UnprocessableContent: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is not declared as JSON */
        UnsupportedMediaType: {
            headers: {
                "Error-Reason": components["headers"]["Error-Reason"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The command that this is the answer to; the timeline names it, too */
        "Command-Id": string;
        /** @description Why: stable, and meant to be switched on */
        "Error-Reason": string;
        /** @description `true`: this was answered before */
        "Idempotent-Replayed": string;
        /** @description Where it can be read */
        Location: string;
        /** @description Which preference was followed */
        "Preference-Applied": string;
        /** @description Seconds */
        "Retry-After": number;
        /** @description Requests in the tighter of the windows */
        "X-RateLimit-Limit": number;
        /** @description Requests that are left in it */
        "X-RateLimit-Remaining": number;
        /** @description When it ends, in Unix seconds */
        "X-RateLimit-Reset": number;
        /** @description The request’s id; one that is sent is kept */
        "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1 */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can, `degraded` without Temporal */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description It cannot */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unreadiness"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: string;
                starting_after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "merchant",
                 *       "name": "Shop server"
                 *     }
                 */
                "application/json": components["schemas"]["CreateApiKeyRequest"];
            };
        };
        responses: {
            /** @description The key, shown this once */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RevokeApiKeyRequest"];
            };
        };
        responses: {
            /** @description The key, with when it ended */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                keyId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "overlapSeconds": 3600
                 *     }
                 */
                "application/json": components["schemas"]["RotateApiKeyRequest"];
            };
        };
        responses: {
            /** @description The new key, shown this once */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getBalance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In escrow, released and not paid out yet, and paid out */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balance"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                commandId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelCommand: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                commandId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelCommandRequest"];
            };
        };
        responses: {
            /** @description The command, `REJECTED` */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                "created[gte]"?: string;
                "created[lt]"?: string;
                escrowOrderId?: string;
                limit?: string;
                order?: components["schemas"]["ReadingOrder"];
                paymentIntentId?: string;
                "recorded[gte]"?: string;
                "recorded[lt]"?: string;
                starting_after?: string;
                type?: components["schemas"]["EventType"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                eventId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event, as webhooks send it */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayEvent: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                eventId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ReplayEventRequest"];
            };
        };
        responses: {
            /** @description The deliveries */
            202: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listPaymentIntents: {
        parameters: {
            query?: {
                "created[gte]"?: string;
                "created[lt]"?: string;
                limit?: string;
                starting_after?: string;
                status?: components["schemas"]["PaymentIntentStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentIntentList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createPaymentIntent: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": "1000.00",
                 *       "currency": "USDC",
                 *       "type": "DELIVERY_VS_PAYMENT",
                 *       "settlementMethod": "OFF_RAMP_MOCK",
                 *       "settlementDestination": "bank_account_123",
                 *       "metadata": {
                 *         "releaseType": "MILESTONE_LOCKED"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreatePaymentIntentRequest"];
            };
        };
        responses: {
            /** @description The payment intent */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    Location: components["headers"]["Location"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentIntent"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPaymentIntent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment intent */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentIntent"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelPaymentIntent: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "The buyer changed their mind"
                 *     }
                 */
                "application/json": components["schemas"]["CancelPaymentIntentRequest"];
            };
        };
        responses: {
            /** @description The payment intent, `CANCELLED` */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentIntent"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    confirmPaymentIntent: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "signature": "0xabc",
                 *       "payerAddress": "0xdef"
                 *     }
                 */
                "application/json": components["schemas"]["ConfirmPaymentIntentRequest"];
            };
        };
        responses: {
            /** @description The payment intent, `SUCCEEDED` */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentIntent"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getEscrowOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The escrow order */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EscrowOrder"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    advanceClock: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seconds": 86400
                 *     }
                 */
                "application/json": components["schemas"]["AdvanceClockRequest"];
            };
        };
        responses: {
            /** @description What the clock says now */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClockAdvance"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelEscrowOrder: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "The project was stopped"
                 *     }
                 */
                "application/json": components["schemas"]["CancelEscrowOrderRequest"];
            };
        };
        responses: {
            /** @description What the buyer got back */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EscrowOrderCancellation"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    submitDeliveryProof: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SubmitDeliveryProofRequest"];
            };
        };
        responses: {
            /** @description The proof is accepted: for release types that Tranche does not carry out yet */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryProof"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    raiseDispute: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "The design does not match the brief",
                 *       "raisedBy": "buyer-7",
                 *       "disputeWindow": "604800"
                 *     }
                 */
                "application/json": components["schemas"]["RaiseDisputeRequest"];
            };
        };
        responses: {
            /** @description The dispute is raised */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeRaised"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resolveDispute: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "resolution": "PARTIAL_REFUND",
                 *       "merchantAmount": "200.00",
                 *       "buyerAmount": "100.00"
                 *     }
                 */
                "application/json": components["schemas"]["ResolveDisputeRequest"];
            };
        };
        responses: {
            /** @description Who got how much */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeResolved"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    withdrawDispute: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "We agreed"
                 *     }
                 */
                "application/json": components["schemas"]["WithdrawDisputeRequest"];
            };
        };
        responses: {
            /** @description The dispute is withdrawn */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisputeWithdrawn"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listLedger: {
        parameters: {
            query?: {
                limit?: string;
                starting_after?: string;
            };
            header?: never;
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, and what is in escrow now */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerPage"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listMilestones: {
        parameters: {
            query?: {
                limit?: string;
                starting_after?: string;
                status?: components["schemas"]["MilestoneStatus"];
            };
            header?: never;
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MilestoneList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createMilestone: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "milestoneIndex": 0,
                 *       "description": "Initial payment - 30%",
                 *       "amount": "300.00",
                 *       "percentage": 30
                 *     }
                 */
                "application/json": components["schemas"]["CreateMilestoneRequest"];
            };
        };
        responses: {
            /** @description The milestone */
            201: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "milestone_xyz789",
                     *       "object": "milestone",
                     *       "data": {
                     *         "id": "milestone_xyz789",
                     *         "escrowOrderId": "escrow_order_abc123",
                     *         "paymentIntentId": "intent_2xYz9AbC123",
                     *         "milestoneIndex": 0,
                     *         "description": "Initial payment - 30%",
                     *         "amount": "300.00",
                     *         "percentage": 30,
                     *         "status": "PENDING",
                     *         "createdAt": "2024-01-01T00:00:00Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Milestone"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getMilestone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                intentId: string;
                milestoneId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The milestone */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Milestone"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    amendMilestone: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
                milestoneId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": "350.00"
                 *     }
                 */
                "application/json": components["schemas"]["AmendMilestoneRequest"];
            };
        };
        responses: {
            /** @description The milestone as amended */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Milestone"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelMilestone: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
                milestoneId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "No longer needed"
                 *     }
                 */
                "application/json": components["schemas"]["CancelMilestoneRequest"];
            };
        };
        responses: {
            /** @description The milestone, `CANCELLED` */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Milestone"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    completeMilestone: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
                milestoneId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "completedBy": "designer-12",
                 *       "completionProof": "sha256:9f86d081"
                 *     }
                 */
                "application/json": components["schemas"]["CompleteMilestoneRequest"];
            };
        };
        responses: {
            /** @description The milestone is completed */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MilestoneCompletion"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    extendMilestone: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
                milestoneId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seconds": 86400
                 *     }
                 */
                "application/json": components["schemas"]["ExtendMilestoneRequest"];
            };
        };
        responses: {
            /** @description The milestone with its new end of inspection */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Milestone"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    releaseMilestone: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
                milestoneId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "releasedBy": "buyer-7"
                 *     }
                 */
                "application/json": components["schemas"]["ReleaseMilestoneRequest"];
            };
        };
        responses: {
            /** @description The milestone, `RELEASED` */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Milestone"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    reopenMilestone: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                Prefer?: string;
            };
            path: {
                intentId: string;
                milestoneId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "The logo is missing"
                 *     }
                 */
                "application/json": components["schemas"]["ReopenMilestoneRequest"];
            };
        };
        responses: {
            /** @description The milestone, `PENDING` */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Milestone"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createMilestoneBatch: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "milestones": [
                 *         {
                 *           "milestoneIndex": 0,
                 *           "amount": "300.00"
                 *         },
                 *         {
                 *           "milestoneIndex": 1,
                 *           "amount": "700.00"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateMilestoneBatchRequest"];
            };
        };
        responses: {
            /** @description Of a dry run: what would become of each item */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MilestoneBatchJudgement"];
                };
            };
            /** @description The milestones, in index order */
            201: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MilestoneList"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    refundEscrowOrder: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "amount": "100.00",
                 *       "reason": "Less work than planned"
                 *     }
                 */
                "application/json": components["schemas"]["RefundEscrowOrderRequest"];
            };
        };
        responses: {
            /** @description The refund */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listTimeline: {
        parameters: {
            query?: {
                limit?: string;
                starting_after?: string;
            };
            header?: never;
            path: {
                intentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimelineEntryList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listPayouts: {
        parameters: {
            query?: {
                limit?: string;
                starting_after?: string;
                status?: components["schemas"]["PayoutStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PayoutList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPayout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                payoutId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payout */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payout"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    retryPayout: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                payoutId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryPayoutRequest"];
            };
        };
        responses: {
            /** @description The payout, `pending` */
            200: {
                headers: {
                    "Command-Id": components["headers"]["Command-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payout"];
                };
            };
            202: components["responses"]["CommandAccepted"];
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                limit?: string;
                starting_after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://shop.example.com/webhooks",
                 *       "events": [
                 *         "milestone.released",
                 *         "payout.paid"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateWebhookEndpointRequest"];
            };
        };
        responses: {
            /** @description The endpoint with its secret, shown this once */
            201: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookEndpoint"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpointId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                endpointId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointDeletion"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    changeWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                endpointId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "status": "disabled"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeWebhookEndpointRequest"];
            };
        };
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                limit?: string;
                starting_after?: string;
                status?: components["schemas"]["WebhookDeliveryStatus"];
            };
            header?: never;
            path: {
                endpointId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    replayToWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                endpointId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "from": "2026-01-31T12:00:00Z",
                 *       "to": "2026-01-31T13:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["ReplayToWebhookEndpointRequest"];
            };
        };
        responses: {
            /** @description How many */
            202: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookReplay"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                endpointId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "overlapSeconds": 86400
                 *     }
                 */
                "application/json": components["schemas"]["RotateWebhookSecretRequest"];
            };
        };
        responses: {
            /** @description The endpoint with its new secret, shown this once */
            200: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookEndpoint"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    testWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                endpointId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TestWebhookEndpointRequest"];
            };
        };
        responses: {
            /** @description Its delivery */
            202: {
                headers: {
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "X-RateLimit-Limit": components["headers"]["X-RateLimit-Limit"];
                    "X-RateLimit-Remaining": components["headers"]["X-RateLimit-Remaining"];
                    "X-RateLimit-Reset": components["headers"]["X-RateLimit-Reset"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The API key may not */
            403: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such object */
            404: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
            /** @description Not now; nothing was done unless the reason says otherwise */
            503: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description The request, or the order’s state, does not allow it */
            400: {
                headers: {
                    "Error-Reason": components["headers"]["Error-Reason"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            431: components["responses"]["RequestHeaderFieldsTooLarge"];
            500: components["responses"]["InternalServerError"];
        };
    };
}
