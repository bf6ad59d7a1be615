/** Settings for services that are sent more than the published limits allow: tests and benchmarks are in a hurry. */
export const NO_RATE_LIMITS = {
  RATE_LIMIT_TEST_PER_MINUTE: '1000000000',
  RATE_LIMIT_TEST_PER_HOUR: '1000000000',
  RATE_LIMIT_LIVE_PER_MINUTE: '1000000000',
  RATE_LIMIT_LIVE_PER_HOUR: '1000000000',
  RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: '1000000000',
};
