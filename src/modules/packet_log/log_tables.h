// Stores the packet log in the history database, in the table traffic_logs.
//
// Shape    as many rows as in memory, so it has the same bound.
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
  // Neither is null; `log` must be started before the first Save().
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
