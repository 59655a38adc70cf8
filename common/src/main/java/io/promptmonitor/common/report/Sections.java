package io.promptmonitor.common.report;

import java.util.List;

/** The sections of a report that recommendations follow from. */
record Sections(
    Summary summary,
    List<VersionOfDay> versions,
    List<KeyMetric> keyMetrics,
    ErrorAnalysis errors,
    TokenUse tokens,
    Calibration calibration,
    Feedback feedback,
    List<ComplianceCheck> compliance,
    AlertsOfDay alerts,
    RollbacksOfDay rollbacks) {}
