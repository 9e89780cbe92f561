// The packet log's table in the history's database: traffic_logs.
//
// Shape    as many rows as are in memory, so it is bounded as that is.
// Threads  as StoredTables says.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log_rows.h"
#include "ntm/module/stored_tables.h"

namespace ntm::packet_log {

class LogTables final : public StoredTables {
 public:
  // Neither is null; `log` has begun when Save() is called first.
  LogTables(LogRows* rows, std::shared_ptr<const PacketLog> log, size_t limit);

  std::string_view name() const noexcept override { return "packet_log"; }
  std::vector<std::string> Migrations() const override;
  void Load(Database& database) override;
  void Save(Database& database) override;
  void OnSaved() override;
  int64_t DeleteOld(Database& database, int64_t now_s, int64_t retention_days,
                    int64_t limit) override;

 private:
  LogRows* rows_;
  std::shared_ptr<const PacketLog> log_;
  size_t limit_;
  int64_t written_id_ = 0;  // by the last Save()
};

}  // namespace ntm::packet_log
