/** The TypeScript client against a service of the test file's own. */
import { Tranche, type TrancheOptions } from '../../clients/typescript/src/index.ts';
import { type FaultyHttp, startFaultyHttp } from './faulty-http.ts';
import { type ServiceOverrides, type TestService, testService } from './service.ts';

export interface TestClient extends TestService {
  readonly proxy: FaultyHttp;
  /** With the test merchant's key and through the proxy. Does not wait long between tries, unless told otherwise. */
  readonly tranche: Tranche;
  newTranche(options?: Partial<TrancheOptions>): Tranche;
}

export async function testClient(overrides: ServiceOverrides = {}): Promise<TestClient> {
  const service = await testService(overrides);
  const proxy = await startFaultyHttp(service.port);
  const newTranche: TestClient['newTranche'] = (options) =>
    new Tranche({ apiKey: service.keys.own, baseUrl: proxy.baseUrl, retry: { backoffMs: 20 }, ...options });
  return { ...service, proxy, newTranche, tranche: newTranche() };
}

/** What a call threw. */
export async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}
