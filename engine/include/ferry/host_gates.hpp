#pragma once

#include <ferry/clock.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace ferry {

/// Hosts that said "not now" (Retry-After, RFC 9110, 10.2.3): nobody asks them again before.
class host_gates {
  public:
    void close(const std::string& host, clock::time_point until) {
        auto& gate = until_[host];
        gate = std::max(gate, until);
    }
    /// Somebody decided not to wait.
    void open(const std::string& host) { until_.erase(host); }
    /// When `host` may be asked again; in the past, or the epoch, if it may be now.
    clock::time_point opens(const std::string& host) const {
        const auto found = until_.find(host);
        return found == until_.end() ? clock::time_point::min() : found->second;
    }

  private:
    std::map<std::string, clock::time_point> until_;
};

}  // namespace ferry
