//! How often a group is asked whether its listing is still right.

use hedgerow_core::id::GroupId;

use super::database::Transaction;
use super::error::StoreError;

impl Transaction {
    /// Months after which the group is asked; 0 is never. 0 too for a group that is not hosted here.
    pub async fn remind_after(&mut self, group: &GroupId) -> Result<u32, StoreError> {
        let query =
            sqlx::query_as::<_, (u32,)>("SELECT remind_after FROM publisher WHERE group_id = ?")
                .bind(group.to_vec());
        let row = self.fetch_optional(query).await?;
        Ok(row.map_or(0, |row| row.0))
    }

    pub async fn set_remind_after(
        &mut self,
        group: &GroupId,
        months: u32,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("UPDATE publisher SET remind_after = ? WHERE group_id = ?")
            .bind(months)
            .bind(group.to_vec());
        self.execute(query).await.map(drop)
    }
}
