// The rules that are in force, and what of them the database has to keep.
//
// Shape    the usual rules, over them those that a database had kept, over them
//          those of --qos-rule.
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
  // Those of --qos-rule, before the database is opened.
  void SetFixed(const Rules& rules);

  Rules All() const;
  // Counts the changes.
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
  // The versions of rules that no transaction has brought to the database.
  std::map<std::string, uint64_t> pending_;
  std::map<std::string, uint64_t> saving_;
};

}  // namespace ntm::qos
