// Names that ntm takes over from the programs it replaces, besides its own.
// This is the one place for them; docs/migration.md tells the users.
#pragma once

#include <array>
#include <string_view>

namespace ntm {

struct ForeignName {
  std::string_view name;
  std::string_view option;  // "": accepted with a warning, not built yet
};

// Environment variables; weaker than the option's own.
inline constexpr std::array kForeignVariables = {
    ForeignName{"NTM_BIND", "bind-ip"},
    ForeignName{"LOG_LEVEL", "log-level"},
};

// Keys of configuration files, with - for _.
inline constexpr std::array kForeignKeys = {
    ForeignName{"filter", "filters"},
    ForeignName{"bind", "bind-ip"},
    ForeignName{"logging.level", "log-level"},
    ForeignName{"logging.format", "log-format"},
    ForeignName{"logging.file", "log-file"},
    ForeignName{"logging.max-bytes", "log-max-bytes"},
    ForeignName{"logging.backup-count", "log-backup-count"},
    ForeignName{"database-file", "database"},
    ForeignName{"database.retention-days", "retention-days"},
    ForeignName{"database.cleanup-on-startup", "cleanup-on-startup"},
    ForeignName{"monitoring-interval", "interval"},
    ForeignName{"interfaces", ""},
    ForeignName{"exclude-interfaces", ""},
    ForeignName{"options.track-per-interface", "track-per-interface"},
    ForeignName{"options.track-total", "track-total"},
    ForeignName{"options.calculate-rates", "calculate-rates"},
    ForeignName{"options.store-raw-counts", "store-raw-counts"},
};

}  // namespace ntm
