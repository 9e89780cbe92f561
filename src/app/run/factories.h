// The parts that a live run and a file run have in common.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/host/module_host.h"
#include "app/options/options.h"
#include "ntm/capture/capture.h"
#include "ntm/flow/packet_log.h"
#include "ntm/module/module.h"
#include "ntm/net/anonymizer.h"
#include "ntm/net/dns_listener.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/services.h"

namespace ntm {

// The services file; one that is not there is only worth a warning unless it
// was asked for.
std::shared_ptr<const Services> LoadServices(const Options& options);

// --class, by what --classify says.
std::shared_ptr<const TrafficClasses> MakeTrafficClasses(
    const Options& options);

// Those that -i names, else the default one; throws ntm::Error if there is
// none.
std::vector<std::string> InterfacesOf(const Options& options);

// --local-net, else the usual ranges and the networks of the interfaces.
std::shared_ptr<const LocalNetworks> LocalNetworksOf(
    const Options& options, const std::vector<std::string>& interfaces);

// Null without --anonymize; makes its key if there is none.
std::shared_ptr<const Anonymizer> MakeAnonymizer(const Options& options);

CaptureSettings CaptureSettingsOf(const Options& options);

// Those of the modules that want DNS datagrams; none with --anonymize, which
// shows no names.
std::vector<DnsListener*> DnsListenersOf(
    const Options& options,
    const std::vector<std::unique_ptr<Module>>& modules);

// That of the first module that wants packets one by one; null for none.
std::shared_ptr<PacketLog> PacketLogOf(
    const std::vector<std::unique_ptr<Module>>& modules);

// Writes the whole exposition to standard output; throws ntm::Error.
void PrintExposition(const ModuleHost& host);

}  // namespace ntm
