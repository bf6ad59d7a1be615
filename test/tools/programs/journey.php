<?php
// The README's journey as PHP writes it: percentages with 17 digits (serialize_precision=17, the default before PHP
// 7.1 and kept in many a php.ini), [] for an object without fields, null for what is not set.
// Environment: BASE_URL, API_KEY.
declare(strict_types=1);
ini_set('serialize_precision', '17');

function call(string $method, string $path, ?array $body = null): array
{
    $context = stream_context_create(['http' => [
        'method' => $method,
        'header' => ['X-API-Key: ' . getenv('API_KEY'), 'Content-Type: application/json'],
        'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
    ]]);
    $answer = file_get_contents(getenv('BASE_URL') . $path, false, $context);
    [, $status] = explode(' ', $http_response_header[0]);
    return ['status' => (int) $status, 'body' => json_decode($answer, true, 512, JSON_THROW_ON_ERROR)];
}

function succeed(string $method, string $path, ?array $body = null): array
{
    ['status' => $status, 'body' => $answer] = call($method, $path, $body);
    if ($status !== 200 && $status !== 201) {
        throw new RuntimeException("$method $path: $status " . json_encode($answer));
    }
    return $answer;
}

function expect(string $what, mixed $got, mixed $wanted): void
{
    if ($got !== $wanted) {
        throw new RuntimeException("$what: " . json_encode($got) . ' instead of ' . json_encode($wanted));
    }
}

$intent = succeed('POST', '/v1/payment-intents', [
    'amount' => '1000.00',
    'currency' => 'USDC',
    'type' => 'DELIVERY_VS_PAYMENT',
    'settlementMethod' => 'OFF_RAMP_MOCK',
    'settlementDestination' => 'bank_account_123',
    'description' => null,
    'metadata' => ['releaseType' => 'MILESTONE_LOCKED'],
    'milestoneTerms' => [],
]);
$at = "/v1/payment-intents/{$intent['id']}";
succeed('POST', "$at/confirm", []);

expect('the digits that PHP writes', json_encode(33.3), '33.299999999999997');
$parts = [['333.00', 33.3], ['500.00', 50.0], ['167.00', 16.7]];
foreach ($parts as $index => [$amount, $percentage]) {
    $created = succeed('POST', "$at/escrow/milestones", [
        'milestoneIndex' => $index,
        'description' => null,
        'amount' => $amount,
        'percentage' => $percentage,
        'dueAt' => null,
        'metadata' => [],
    ]);
    expect("amount of $index", $created['data']['amount'], $amount);
    expect("percentage of $index", (float) $created['data']['percentage'], $percentage);
    $milestone = "$at/escrow/milestones/{$created['id']}";
    $completed = succeed('POST', "$milestone/complete", ['completedBy' => 'designer-12', 'completionProof' => null]);
    expect("completion of $index", $completed['status'], 'completed');
    expect("release of $index", succeed('POST', "$milestone/release", [])['data']['status'], 'RELEASED');
    if ($index === 0) {
        $twice = call('POST', "$at/escrow/milestones", ['milestoneIndex' => 0, 'amount' => '1.00']);
        expect('duplicate', [$twice['status'], $twice['body']['error']['type']], [400, 'invalid_request_error']);
    }
}

$list = succeed('GET', "$at/escrow/milestones")['data'];
$listed = array_map(fn (array $one): array => [$one['data']['amount'], (float) $one['data']['percentage']], $list);
expect('list', $listed, $parts);
$order = succeed('GET', "$at/escrow")['data'];
expect('order', [$order['orderStatus'], $order['releasedAmount']], ['COMPLETED', '1000.00']);
