#include "alert_tables.h"

#include <utility>

#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::alerts {

AlertTables::AlertTables(AlertBook* book,
                         std::function<void(std::vector<Notice>)> take)
    : book_(book), take_(std::move(take)) {}

std::vector<std::string> AlertTables::Migrations() const {
  return {
      "CREATE TABLE system_alerts ("
      "id INTEGER PRIMARY KEY,"
      "alert TEXT NOT NULL,"
      "severity TEXT NOT NULL,"
      "subject TEXT NOT NULL,"
      "subjectKind TEXT NOT NULL,"
      "title TEXT NOT NULL,"
      "message TEXT NOT NULL,"
      "relatedFlowId TEXT,"
      "resolved INTEGER NOT NULL,"
      "resolvedByHand INTEGER NOT NULL,"
      "createdAt TEXT NOT NULL,"
      "resolvedAt TEXT,"
      "beganNs INTEGER NOT NULL,"
      "endedNs INTEGER NOT NULL);"
      "CREATE INDEX idx_alerts_open ON system_alerts(resolved, beganNs);"};
}

void AlertTables::Load(Database& database) {
  Statement rows(database,
                 "SELECT id, alert, severity, subject, subjectKind, message,"
                 " resolvedByHand, beganNs, endedNs FROM system_alerts"
                 " ORDER BY resolved, id DESC LIMIT ?");
  rows.Bind(static_cast<int64_t>(AlertBook::kKept));
  std::vector<Notice> notices;
  while (rows.Step()) {
    Notice notice;
    int column = 0;
    notice.alert.id = rows.Integer(column++);
    notice.alert.name = rows.Text(column++);
    notice.alert.severity = rows.Text(column++);
    notice.alert.subject = rows.Text(column++);
    notice.subject_kind = rows.Text(column++);
    notice.alert.message = rows.Text(column++);
    notice.by_hand = rows.Integer(column++) != 0;
    notice.alert.began_ns = rows.Integer(column++);
    notice.ended_ns = rows.Integer(column++);
    notices.push_back(std::move(notice));
  }
  take_(std::move(notices));
}

void AlertTables::Save(Database& database) {
  written_ = book_->ToKeep();
  if (written_.empty()) return;
  Statement insert(
      database,
      "INSERT OR REPLACE INTO system_alerts (id, alert, severity, subject,"
      " subjectKind, title, message, resolved, resolvedByHand, createdAt,"
      " resolvedAt, beganNs, endedNs)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''), ?, ?)");
  for (const Notice& notice : written_) {
    const Alert& alert = notice.alert;
    insert.Run(alert.id, alert.name, alert.severity, alert.subject,
               notice.subject_kind, TitleOf(notice), alert.message,
               int64_t{notice.is_open() ? 0 : 1}, int64_t{notice.by_hand},
               UtcText(alert.began_ns),
               notice.is_open() ? std::string() : UtcText(notice.ended_ns),
               alert.began_ns, notice.ended_ns);
  }
}

void AlertTables::OnSaved() {
  book_->Kept(written_);
  written_.clear();
}

int64_t AlertTables::DeleteOld(Database& database, int64_t now_s,
                               int64_t retention_days, int64_t limit) {
  if (retention_days == 0) return 0;
  Statement remove(database,
                   "DELETE FROM system_alerts WHERE id IN (SELECT id FROM"
                   " system_alerts WHERE resolved = 1 AND beganNs < ?"
                   " ORDER BY beganNs LIMIT ?)");
  remove.Run((now_s - retention_days * kDaySeconds) * kNsPerSecond, limit);
  return database.changes();
}

}  // namespace ntm::alerts
