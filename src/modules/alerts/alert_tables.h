// Stores the alerts in the history database, in the table system_alerts.
//
// Shape    one row per alert; times are UTC texts; the columns have the names
//          of the JSON members.
// Threads  as StoredTables says; the book is shared with other threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alert_book.h"
#include "ntm/module/stored_tables.h"

namespace ntm::alerts {

class AlertTables final : public StoredTables {
 public:
  // `take` is called with the stored alerts each time the file is opened.
  AlertTables(AlertBook* book, std::function<void(std::vector<Notice>)> take);

  std::string_view name() const noexcept override { return "alerts"; }
  std::vector<std::string> Migrations() const override;
  void Load(Database& database) override;
  void Save(Database& database) override;
  void OnSaved() override;
  int64_t DeleteOld(Database& database, int64_t now_s, int64_t retention_days,
                    int64_t limit) override;

 private:
  AlertBook* book_;
  std::function<void(std::vector<Notice>)> take_;
  std::vector<Notice> written_;  // by the last Save()
};

}  // namespace ntm::alerts
