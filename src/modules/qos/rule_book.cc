#include "rule_book.h"

#include <spdlog/spdlog.h>

#include <set>
#include <stdexcept>

namespace ntm::qos {

void RuleBook::SetFixed(const Rules& rules) {
  const std::scoped_lock lock(mutex_);
  fixed_ = rules;
  for (const auto& [name, rule] : rules) rules_[name] = rule;
  ++version_;
}

Rules RuleBook::All() const {
  const std::scoped_lock lock(mutex_);
  return rules_;
}

uint64_t RuleBook::version() const {
  const std::scoped_lock lock(mutex_);
  return version_;
}

void RuleBook::Set(const std::string& name, const Rule& rule) {
  Check(name, rule);
  const std::scoped_lock lock(mutex_);
  rules_[name] = rule;
  pending_[name] = ++version_;
}

std::vector<std::string> RuleBook::Migrations() const {
  return {
      "CREATE TABLE qos_rules ("
      "id INTEGER PRIMARY KEY AUTOINCREMENT,"
      "trafficType TEXT NOT NULL UNIQUE,"
      "minBandwidth REAL NOT NULL,"
      "maxBandwidth REAL NOT NULL,"
      "priority INTEGER NOT NULL,"
      "dscp INTEGER NOT NULL,"
      "enabled INTEGER NOT NULL DEFAULT 1,"
      "createdAt TEXT NOT NULL,"
      "updatedAt TEXT NOT NULL)"};
}

void RuleBook::Load(Database& database) {
  Statement rows(database,
                 "SELECT trafficType, minBandwidth, maxBandwidth, priority, "
                 "dscp, enabled FROM qos_rules");
  rows.Bind();
  const std::scoped_lock lock(mutex_);
  std::map<std::string, Rule> kept;
  std::set<std::string> disabled;
  while (rows.Step()) {
    const std::string name = rows.Text(0);
    const Rule rule{rows.Real(1), rows.Real(2),
                    static_cast<int>(rows.Integer(3)),
                    static_cast<int>(rows.Integer(4))};
    try {
      Check(name, rule);
      kept[name] = rule;
      // Set by hand; ntm itself never disables a rule.
      if (rows.Integer(5) == 0) disabled.insert(name);
    } catch (const std::invalid_argument& error) {
      spdlog::warn("a rule in the database is ignored: {}", error.what());
    }
  }
  for (const auto& [name, rule] : kept) {
    // Rules from options and rules changed since the start are newer.
    if (fixed_.contains(name) || pending_.contains(name)) continue;
    rules_[name] = rule;
    if (disabled.contains(name)) rules_.erase(name);
  }
  ++version_;
  // Rules that are missing or different in the file are written.
  for (const auto& [name, rule] : rules_) {
    const auto found = kept.find(name);
    if (found == kept.end() || found->second != rule) {
      pending_[name] = version_;
    }
  }
}

void RuleBook::Save(Database& database) {
  Rules rules;
  std::map<std::string, uint64_t> pending;
  {
    const std::scoped_lock lock(mutex_);
    rules = rules_;
    pending = saving_ = pending_;
  }
  if (pending.empty()) return;
  Statement row(database,
                "INSERT INTO qos_rules (trafficType, minBandwidth, "
                "maxBandwidth, priority, dscp, createdAt, updatedAt) VALUES "
                "(?1, ?2, ?3, ?4, ?5, "
                "strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), "
                "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')) "
                "ON CONFLICT (trafficType) DO UPDATE SET "
                "minBandwidth = excluded.minBandwidth, "
                "maxBandwidth = excluded.maxBandwidth, "
                "priority = excluded.priority, dscp = excluded.dscp, "
                "updatedAt = excluded.updatedAt");
  for (const auto& [name, version] : pending) {
    const Rule& rule = rules.at(name);
    row.Run(name, rule.min_mbit, rule.max_mbit, int64_t{rule.priority},
            int64_t{rule.dscp});
  }
}

void RuleBook::OnSaved() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, version] : saving_) {
    const auto found = pending_.find(name);
    if (found != pending_.end() && found->second == version) {
      pending_.erase(found);
    }
  }
  saving_.clear();
}

}  // namespace ntm::qos
