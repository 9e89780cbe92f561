// Lists the option names that ntm accepts from the programs that it replaces;
// docs/migration.md documents them.
#pragma once

#include <array>
#include <string_view>

namespace ntm {

struct LegacyAlias {
  std::string_view name;
  std::string_view option;  // "": accepted with a warning, but has no effect
};

// Environment variables; the option's own variable takes precedence.
inline constexpr std::array kLegacyVariables = {
    LegacyAlias{"NTM_BIND", "bind-ip"},
    LegacyAlias{"LOG_LEVEL", "log-level"},
};

// Keys of configuration files, with - instead of _.
inline constexpr std::array kLegacyKeys = {
    LegacyAlias{"filter", "filters"},
    LegacyAlias{"bind", "bind-ip"},
    LegacyAlias{"logging.level", "log-level"},
    LegacyAlias{"logging.format", "log-format"},
    LegacyAlias{"logging.file", "log-file"},
    LegacyAlias{"logging.max-bytes", "log-max-bytes"},
    LegacyAlias{"logging.backup-count", "log-backup-count"},
    LegacyAlias{"database-file", "database"},
    LegacyAlias{"database.retention-days", "retention-days"},
    LegacyAlias{"database.cleanup-on-startup", "cleanup-on-startup"},
    LegacyAlias{"monitoring-interval", "interval"},
    LegacyAlias{"interfaces", ""},
    LegacyAlias{"exclude-interfaces", ""},
    LegacyAlias{"options.track-per-interface", "track-per-interface"},
    LegacyAlias{"options.track-total", "track-total"},
    LegacyAlias{"options.calculate-rates", "calculate-rates"},
    LegacyAlias{"options.store-raw-counts", "store-raw-counts"},
};

}  // namespace ntm
