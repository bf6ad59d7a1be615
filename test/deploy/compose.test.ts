/**
 * docker-compose.yml, read as strictly as Compose reads it: what is refused there, or fails only when containers start,
 * is found here. `npm run test:tools` loads it with Compose's own loader besides.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { DEFAULT_METRICS_PORT } from '../../src/api/listening.ts';
import { SETTINGS } from '../../src/config.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly restart?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly expose?: readonly string[];
  readonly [key: string]: unknown;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${ROOT}docker-compose.yml`, 'utf8');
const file = read(text);
const services = Object.entries(file.services);

/** @throws with each fault of the text: a key twice, a merge of what is no mapping, an alias without its anchor */
function read(source: string): ComposeFile {
  const document = parseDocument(source, { merge: true, strict: true, uniqueKeys: true });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'));
  return document.toJS() as ComposeFile;
}

/** What Compose knows of a service, as far as this file needs it. A new key belongs here once Compose was seen to take it. */
const SERVICE_KEYS = [
  ...[
    'build',
    'command',
    'depends_on',
    'entrypoint',
    'environment',
    'expose',
    'healthcheck',
    'image',
    'ports',
    'restart',
  ],
  ...['stop_grace_period', 'volumes'],
];
const DURATION = /^([0-9]+(ms|s|m|h))+$/;
const mayEnd = ({ restart = 'no' }: Service) => restart === 'no' || restart.startsWith('on-failure');

describe('docker-compose.yml', () => {
  test('has each key once, and none that Compose does not know', () => {
    const unknown = Object.keys(file).filter((key) => !['services', 'volumes'].includes(key) && !key.startsWith('x-'));
    expect(unknown).toEqual([]);
    const strange = services.flatMap(([name, service]) =>
      Object.keys(service).flatMap((key) => (SERVICE_KEYS.includes(key) ? [] : [`${name}.${key}`])),
    );
    expect(strange).toEqual([]);
    const withoutImage = services.filter(([, service]) => !service.image && !service.build).map(([name]) => name);
    expect(withoutImage).toEqual([]);
  });

  test('tells metrics of each process inside its network alone, where deploy/prometheus looks for them', () => {
    const scraped = parseDocument(readFileSync(`${ROOT}deploy/prometheus/prometheus.yml`, 'utf8')).toJS();
    const [{ names, port }] = scraped.scrape_configs[0].dns_sd_configs;
    expect([port, names]).toEqual([DEFAULT_METRICS_PORT, ['api', 'worker']]);
    expect(existsSync(`${ROOT}deploy/prometheus/${scraped.rule_files[0]}`)).toBe(true);
    for (const name of names) {
      const { environment, expose, ports = [] } = file.services[name] ?? {};
      expect([environment?.METRICS_PORT, expose]).toEqual([String(port), [String(port)]]);
      expect(ports.filter((published) => published.includes(String(port)))).toEqual([]);
    }
    expect(readFileSync(`${ROOT}Dockerfile`, 'utf8')).toMatch(/^EXPOSE 3000 9464$/m);
  });

  test('waits for services that are there, for what they can become', () => {
    const needs = services.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([other, { condition }]) => ({
        name,
        other,
        condition,
        needed: file.services[other],
      })),
    );
    expect(needs.length).toBeGreaterThan(0);
    for (const { name, other, condition, needed } of needs) {
      const what = `${name} waits for ${other} (${condition})`;
      expect(needed, what).toBeDefined();
      expect(['service_healthy', 'service_completed_successfully'], what).toContain(condition);
      // One without a check never becomes healthy; one that is started again whatever happens never is done.
      if (condition === 'service_healthy') expect(needed?.healthcheck, what).toBeDefined();
      else expect(needed && mayEnd(needed), what).toBe(true);
    }
  });

  test('has health checks that can be run', () => {
    for (const [name, { healthcheck }] of services) {
      if (!healthcheck) continue;
      const { test: check, retries, ...times } = healthcheck;
      expect(check, name).toEqual(expect.arrayContaining([expect.stringMatching(/^CMD(-SHELL)?$/)]));
      expect((check as string[])[0], name).toMatch(/^CMD/);
      expect(retries, name).toBeGreaterThan(0);
      expect(Object.keys(times).sort(), name).toEqual(['interval', 'timeout']);
      for (const time of Object.values(times)) expect(time, name).toMatch(DURATION);
    }
  });

  test('mounts volumes that it declares, and files that are there', () => {
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const [source = '', target = ''] = volume.split(':');
        expect(target, `${name}: ${volume}`).toMatch(/^\//);
        if (source.startsWith('.')) expect(existsSync(`${ROOT}${source}`), `${name}: ${volume}`).toBe(true);
        else expect(Object.keys(file.volumes ?? {}), `${name}: ${volume}`).toContain(source);
      }
    }
  });

  test('opens ports to this machine alone', () => {
    const ports = services.flatMap(([, { ports: opened = [] }]) => opened);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:[0-9]+:[0-9]+$/);
  });

  test('gives Tranche only settings that it reads, and runs commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
    const ours = services.filter(([, { image }]) => image === 'tranche');
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'worker']);
    for (const [name, { environment = {}, command = [] }] of ours) {
      expect(
        Object.keys(environment).filter((setting) => !SETTINGS.includes(setting)),
        name,
      ).toEqual([]);
      expect(Object.keys(scripts), name).toContain(command.at(-1));
    }
  });

  test('asks for each variable that has no default, and every value is text', () => {
    const names = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name));
    const answered = [...text.matchAll(/\$\{([A-Z_]+)(?::\?[^}]+|:-[^}]*)\}/g)].map(([, name]) => name);
    expect([...names].filter((name) => !answered.includes(name))).toEqual([]);
    // YAML would read 3000 or yes as something else than Compose hands to the container.
    const values = services.flatMap(([, { environment = {} }]) => Object.values(environment));
    expect(values.filter((value) => typeof value !== 'string')).toEqual([]);
  });
});

test.each([
  ['a key twice', 'a: 1\nb:\n  SECRETS_KEY: x\n  SECRETS_KEY: y\n'],
  ['an alias without its anchor', 'a: *nothing\n'],
  ['a merge of what is no mapping', 'a: &a text\nb:\n  <<: *a\n'],
])('the reader refuses %s', (_, source) => {
  expect(() => read(source)).toThrow();
});
