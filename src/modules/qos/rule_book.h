// Holds the rules in effect and stores changed ones in the database.
//
// Shape    the default rules, overridden by those in the database, overridden
//          by --qos-rule.
// Threads  any thread; it locks itself.
// Errors   Set() throws std::invalid_argument and changes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "ntm/module/stored_tables.h"
#include "rules.h"

namespace ntm::qos {

class RuleBook final : public StoredTables {
 public:
  // Sets the rules of --qos-rule, before the database is opened.
  void SetFixed(const Rules& rules);

  Rules All() const;
  // The number of changes so far.
  uint64_t version() const;
  void Set(const std::string& name, const Rule& rule);

  std::string_view name() const noexcept override { return "qos"; }
  std::vector<std::string> Migrations() const override;
  void Load(Database& database) override;
  void Save(Database& database) override;
  void OnSaved() override;

 private:
  mutable std::mutex mutex_;
  Rules rules_ = DefaultRules();
  Rules fixed_;
  uint64_t version_ = 0;
  // By name, the version of each rule that is not in the database yet.
  std::map<std::string, uint64_t> pending_;
  std::map<std::string, uint64_t> saving_;
};

}  // namespace ntm::qos
