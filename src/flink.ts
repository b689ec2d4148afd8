/** `statefun/flink`: the classes of an application, served to a cluster of Apache Flink StateFun. */
export {
  flinkApplication,
  serveApplication,
  type FlinkApplication,
  type FlinkServingOptions,
  type ServedApplication,
  type ServingOptions,
} from './application/flink/serve-application.ts';
