import type postgres from 'postgres';

/** What a restored backup does to an order that has only created milestones since: its later rows are gone. */
export async function restoreTo(admin: postgres.Sql, orderId: string, version: number): Promise<void> {
  await admin.begin(async (sql) => {
    await sql`SET LOCAL session_replication_role = replica`;
    await sql`DELETE FROM events WHERE order_id = ${orderId} AND version > ${version}`;
    await sql`DELETE FROM milestones WHERE order_id = ${orderId} AND version > ${version}`;
    await sql`DELETE FROM order_log WHERE order_id = ${orderId} AND version > ${version}`;
    await sql`
      UPDATE escrow_orders SET version = ${version},
        last_at = (SELECT max(at) FROM order_log WHERE order_id = ${orderId}),
        allocated_amount = (SELECT sum(amount) FROM milestones WHERE order_id = ${orderId}),
        event_sequence = (SELECT max(sequence) FROM events WHERE order_id = ${orderId})
      WHERE id = ${orderId}`;
  });
}
